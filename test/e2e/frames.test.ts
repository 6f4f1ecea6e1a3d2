import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

async function goLive(server: KliegProcess, studio: Page, title: string): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.getByText('LIVE', { exact: true }).first().waitFor({ timeout: 20_000 })
  const { items } = (await (await fetch(`${server.url}/api/broadcasts?state=live`)).json()) as {
    items: { id: string; codecs: string[] }[]
  }
  const [first] = items
  assert.ok(first, 'nothing is live')
  assert.ok(first.codecs.includes('JPEG'), JSON.stringify(items))
  return first.id
}

/** Without an encoder, so that nothing else can be what plays. */
const FRAMES_ONLY = { env: { KLIEG_FRAMES_ENCODED_MAX: '0' } }

describe('JPEG frames in a real browser', () => {
  test('[FR52] [FR55] the studio sends frames when asked to, and the watch page shows them with their delay', async () => {
    await using server = await KliegProcess.start(FRAMES_ONLY)
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await studio.getByText('Advanced').click()
    await studio.getByLabel('Send as').selectOption('frames')
    await studio.getByLabel('Frames a second').fill('20')
    await studio.getByLabel('Quality of a frame').fill('60')
    const id = await goLive(server, studio, 'Pictures')

    const viewer = await browser.page(`${server.url}/view/${id}/`)
    await assertPlaying(viewer)
    await viewer
      .getByText(/^\d+ ms/)
      .first()
      .waitFor({ timeout: 10_000 })
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)
    assert.equal(await viewer.getByText('Tap for sound').count(), 0)
    assert.equal(await viewer.locator('media-mute-button').count(), 0)
    await screenshot(viewer, 'watch-frames')

    await studio.bringToFront()
    assert.equal(await studio.getByRole('button', { name: 'Mute' }).count(), 0)
    await studio.getByRole('button', { name: 'Stop', exact: true }).click()
    await studio.getByRole('button', { name: 'Stop broadcast' }).click()
    await viewer.getByText('The broadcast has ended').waitFor()
    assert.deepEqual(browser.errors, [])
  })

  test('[FR56] the recording of frames is in the library, and plays', async () => {
    await using server = await KliegProcess.start()
    const publisher = spawn(
      '/usr/bin/python3',
      [
        path.join(import.meta.dirname, '../../examples/opencv/publish.py'),
        `${server.url.replace('http', 'ws')}/ws/video/lab/`,
      ],
      { stdio: 'ignore' },
    )
    try {
      await server.untilBroadcast('lab', ({ state }) => state === 'live')
      await sleep(4000)
      await fetch(`${server.url}/api/broadcasts/lab/stop`, { method: 'POST' })
    } finally {
      publisher.kill()
    }
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/library/`)
    await page.locator('.library-card').first().click()
    await page.getByRole('button', { name: 'Play', exact: true }).first().click()
    await assertPlaying(page)
    await screenshot(page, 'recorded-frames')
    assert.deepEqual(browser.errors, [])
  })

  test('[FR53] where WebRTC does not connect within 6 s the studio sends frames, and says why', async () => {
    await using server = await KliegProcess.start(FRAMES_ONLY)
    await using browser = await Browser.open({ udp: false })
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(server, studio, 'Behind a wall')

    await studio.getByText('WebRTC did not connect within 6 seconds').waitFor()
    const viewer = await browser.page(`${server.url}/view/${id}/`)
    await assertPlaying(viewer)
    await screenshot(studio, 'studio-frames')
  })
})
