import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { seriousFindings } from '../support/axe.ts'
import { Browser, screenshot } from '../support/browser.ts'
import { syntheticPublisher } from '../support/synthetic-peers.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const SCREENS = [
  { screen: 'desktop', width: 1280, height: 800, dark: false },
  { screen: 'phone', width: 390, height: 844, phone: true, dark: true },
]

describe('administration', () => {
  for (const { screen, ...size } of SCREENS)
    test(`[AD20] every tab opens by its link on a ${screen}, without a serious finding of axe-core`, async () => {
      await using server = await KliegProcess.start()
      await server.createBroadcast({ title: 'Roses', visibility: 'private' })
      await using browser = await Browser.open(size)
      const page = await browser.page(`${server.url}/admin/`)
      const tabs = page.getByRole('navigation', { name: 'Administration' }).getByRole('link')
      await tabs.first().waitFor()
      const found: Record<string, string[]> = {}
      for (const name of await tabs.allInnerTexts()) {
        await tabs.filter({ hasText: name }).press('Enter')
        await page.waitForFunction(
          (wanted) => document.title.startsWith(wanted) && document.querySelector('h1') !== null,
          name,
        )
        await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => undefined)
        await screenshot(page, `admin-${name.toLowerCase().replace(' ', '-')}-${screen}`)
        const serious = await seriousFindings(page)
        if (serious.length > 0) found[name] = serious
        const width = await page.evaluate('document.documentElement.scrollWidth')
        if (Number(width) > size.width) found[name] = [...(found[name] ?? []), `${String(width)} px wide`]
      }
      assert.deepEqual(found, {})
      assert.deepEqual(browser.errors, [])
    })

  test('[AD21] broadcasts are found, exported, given a new key and removed', async () => {
    await using server = await KliegProcess.start()
    const { id, streamKey } = await server.createBroadcast({ title: 'Roses', visibility: 'private' })
    await server.createBroadcast({ title: 'Kitchen' })
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/admin/broadcasts/`)
    await page.getByText('2 broadcasts').waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).fill('ROSE')
    await page.getByText('1 broadcast', { exact: true }).waitFor()
    assert.match(page.url(), /q=ROSE/)

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).press('Enter'),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', new RegExp(`^'?${id},Roses,private,created,0,`))

    await page.getByRole('button', { name: 'New key: Roses' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'New key' }).press('Enter')
    const key = await page.getByLabel('Stream key', { exact: true }).inputValue()
    assert.ok(key.length > 20 && key !== streamKey)
    await page.getByRole('button', { name: 'Done' }).press('Enter')

    await page.getByRole('button', { name: 'Remove: Roses' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter')
    await page.getByText('No broadcast matches.').waitFor()
    assert.equal((await fetch(`${server.url}/api/broadcasts/${id}`)).status, 404)
    assert.deepEqual(browser.errors, [])
  })

  test('[AD23] settings are changed and set back on the page, with the keyboard', async () => {
    await using server = await KliegProcess.start({ env: { KLIEG_AUDIT_LOG_DAYS: '30' } })
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/admin/settings/`)
    const settings = async () => {
      const answer = await fetch(`${server.url}/api/admin/settings`)
      const { items } = (await answer.json()) as { items: { key: string; value: string; origin: string }[] }
      return new Map(items.map(({ key, value, origin }) => [key, `${value} ${origin}`]))
    }
    const upload = page.getByRole('textbox', { name: 'Largest upload' })
    await upload.fill('0')
    await page.getByText('A whole number from 1 to').waitFor()
    await upload.fill('77')
    await upload.press('Enter')
    await page.getByRole('button', { name: 'Back to default: Largest upload' }).waitFor()
    await page.getByRole('combobox', { name: 'Record new broadcasts' }).selectOption('Off')
    await page.getByRole('button', { name: 'Back to default: Record new broadcasts' }).waitFor()
    const changed = await settings()
    assert.equal(changed.get('maxUploadMb'), '77 saved')
    assert.equal(changed.get('recordByDefault'), 'false saved')
    assert.equal(await page.getByLabel('Keep the audit log').count(), 0)
    await page.getByText('Given at the start: change it there').waitFor()
    await page.getByText('Needs a restart').first().waitFor()

    await page.getByRole('button', { name: 'Back to default: Largest upload' }).press('Enter')
    await page.getByRole('button', { name: 'Back to default: Largest upload' }).waitFor({ state: 'detached' })
    assert.equal((await settings()).get('maxUploadMb'), '10240 default')
    assert.deepEqual(browser.errors, [])
  })

  test('[AD24] [AD49] whoever is sent away on the page sees nothing new, is told so, and is let in again', async () => {
    await using server = await KliegProcess.start()
    const { id, streamKey, urls } = await server.createBroadcast({ title: 'Roses' })
    await using _publisher = await syntheticPublisher(urls.whip, streamKey)
    await server.untilBroadcast(id, ({ state }) => state === 'live')
    await using browser = await Browser.open()
    const watching = await browser.page(urls.view)
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)
    const page = await browser.page(`${server.url}/admin/broadcasts/`)
    await page.getByRole('button', { name: 'Audience: Roses' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Audience of “Roses”' })
    await dialog.getByText('1 viewer', { exact: true }).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await screenshot(page, 'admin-audience-desktop')

    await dialog.getByRole('button', { name: 'Kick: 127.0.0.1' }).press('Enter')
    await watching.getByText('You were asked to leave').waitFor({ timeout: 5_000 })
    await dialog.getByText('Nobody watches at the moment.').waitFor()
    assert.equal((await server.broadcast(id)).viewers, 0)
    const playlist = () => fetch(`${server.url}/hls/${id}/index.m3u8`)
    assert.equal((await playlist()).status, 403)
    assert.equal((await fetch(`${server.url}/frames/${id}.jpg`)).status, 403)

    await dialog.getByRole('button', { name: 'Let in again: 127.0.0.1' }).press('Enter')
    await dialog.getByRole('button', { name: 'Let in again: 127.0.0.1' }).waitFor({ state: 'detached' })
    assert.notEqual((await playlist()).status, 403)

    await dialog.getByRole('button', { name: 'Kick: Publisher' }).press('Enter')
    await page
      .getByRole('dialog', { name: 'Kick the publisher' })
      .getByRole('button', { name: 'Kick' })
      .press('Enter')
    await dialog.getByText('Nobody publishes at the moment.').waitFor()
    await server.untilBroadcast(id, ({ state }) => state === 'ended')
  })

  test('[AD22] with accounts administration is entered by signing in', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/admin/settings/`)
    await page.waitForURL(/\/sign-in\/\?to=/)
    for (const path of ['overview', 'samples', 'settings', 'doctor'])
      assert.equal((await fetch(`${server.url}/api/admin/${path}`)).status, 401, path)
  })
})
