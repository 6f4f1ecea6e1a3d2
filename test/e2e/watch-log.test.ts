import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

async function goLive(studio: Page, title: string): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.locator('.live-badge[data-state=live]').waitFor({ timeout: 15_000 })
  return studio.getByRole('textbox', { name: 'Share link' }).inputValue()
}

describe('the watch log', () => {
  test('[WL52] [WL53] a viewing appears, ends, is found, exported and drawn', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const admin = await browser.page(`${server.url}/admin/watch-log/`)
    await admin.getByText('Nobody has watched anything yet').waitFor()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const viewer = await browser.page(await goLive(studio, 'Garden'))
    await assertPlaying(viewer)

    await admin.bringToFront()
    const row = admin.getByRole('row').filter({ hasText: 'Garden' })
    await row.filter({ hasText: 'Watching now' }).waitFor()
    await admin.getByText('1 viewing, 1 watching now').waitFor()
    // Over HLS where the machine is too busy to connect within 4 s.
    await row
      .filter({ hasText: /WebRTC|HLS/ })
      .filter({ hasText: '127.0.0.1' })
      .waitFor()

    await viewer.close()
    await admin.getByText('1 viewing, 0 watching now').waitFor()
    assert.equal(await row.filter({ hasText: 'Watching now' }).count(), 0)
    assert.doesNotMatch(await row.innerText(), /\b0 B\b/)

    const chart = admin.getByRole('img', { name: /Audience of Garden. Peak: 1 viewer/ })
    await chart.focus()
    await admin.keyboard.press('End')
    await admin.getByText(/: \d viewers?$/).waitFor()
    await screenshot(admin, 'watch-log-chart')

    await admin.getByRole('searchbox', { name: 'Search' }).focus()
    await admin.keyboard.type('nobody')
    await admin.getByText('No viewing matches').waitFor()
    assert.match(admin.url(), /q=nobody/)
    await admin.getByRole('button', { name: 'Clear filters' }).press('Enter')
    await row.waitFor()
    await admin.getByRole('combobox', { name: 'Who' }).selectOption('Signed in')
    await admin.getByText('No viewing matches').waitFor()
    await admin.getByRole('combobox', { name: 'Who' }).selectOption('Anonymous')
    await row.waitFor()
    await row.getByRole('link', { name: 'Garden' }).press('Enter')
    await admin.waitForURL(/broadcast=/)

    const [download] = await Promise.all([
      admin.waitForEvent('download'),
      admin.getByRole('link', { name: 'Export as CSV' }).press('Enter'),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /,broadcast,[^,]+,Garden,false,,127\.0\.0\.1,whep,/)
    assert.deepEqual(browser.errors, [])
  })

  test('[WL54] without --open the page asks to sign in first', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/admin/watch-log/`)

    await page.waitForURL(/\/sign-in\//)
    assert.equal((await fetch(`${server.url}/api/viewings`)).status, 401)
  })
})
