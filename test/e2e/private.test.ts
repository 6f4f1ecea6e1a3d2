import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFindings } from '../support/axe.ts'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { invite, setUpAdmin } from '../support/klieg-people.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name })

describe('a private broadcast', () => {
  test('[WEB71] she goes live privately, whoever has the link watches until it is taken back, nobody else does', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    const admin = await setUpAdmin(server)
    const { tab } = await invite(admin, 'broadcaster', 'ann')
    const { tab: vera } = await invite(admin, 'viewer', 'vera')
    await using hers = await Browser.open()
    const [name = '', value = ''] = tab.cookie.split('=')
    const studio = await hers.page(`${server.url}/favicon.svg`)
    await studio.context().addCookies([{ name, value, url: server.url, httpOnly: true }])
    await studio.goto(`${server.url}/broadcast/`)
    await studio.locator('select').first().selectOption('private')
    await button(studio, 'Go live').click()
    await button(studio, 'Share privately for 24 h').click()
    const field = studio.getByLabel('Private link, shown this once', { exact: true })
    await field.waitFor()
    const link = await field.inputValue()
    const { id } = /\/view\/(?<id>[\w-]+)\//.exec(link)?.groups ?? {}
    await screenshot(studio, 'studio-private')
    assert.deepEqual(await seriousFindings(studio), [])

    await using theirs = await Browser.open()
    const stranger = await theirs.page(`${server.url}/view/${id}/`)
    await stranger.getByText('There is no such broadcast').waitFor()

    const guest = await theirs.page(link)
    await assertPlaying(guest)
    assert.equal(guest.url(), `${server.url}/view/${id}/`, 'the address has lost the token')
    await guest.reload()
    await assertPlaying(guest)
    const framed = await theirs.page(link.replace(`/view/${id}/`, `/embed/${id}`))
    await assertPlaying(framed)
    assert.ok(!framed.url().includes('token'))
    await screenshot(guest, 'watch-private')

    await button(studio, 'Take back').click()
    await studio.getByLabel('Somebody with an account here').fill('nobody@example.org')
    await button(studio, 'Let in').click()
    await studio.getByText('nobody here has the address').waitFor()
    await studio.getByLabel('Somebody with an account here').fill('vera@example.org')
    await button(studio, 'Let in').click()
    await studio.getByRole('list', { name: 'People who may watch' }).getByText('vera').waitFor()
    assert.equal((await vera.get<{ id: string }>('GET', `/api/broadcasts/${id}`)).id, id)
    await screenshot(studio, 'studio-private-named')
    assert.deepEqual(await seriousFindings(studio), [])
    const viewersOf = async () => (await tab.get<{ viewers: number }>('GET', `/api/broadcasts/${id}`)).viewers
    await eventually(
      async () => (await viewersOf()) === 0,
      () => 'somebody went on watching',
      5,
    )
    const late = await theirs.page(link)
    await late.getByText('This link has expired').waitFor()
    assert.deepEqual(
      [...hers.errors, ...theirs.errors].filter((error) => /Content Security Policy|Refused to/.test(error)),
      [],
    )
  })
})
