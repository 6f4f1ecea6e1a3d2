import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertPlaying, Browser, decodedFrames, screenshot } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'

type Listed = { items: { id: string; title: string; codecs: string[]; state: string }[] }

/** Goes live from the studio as a person would; returns the id. */
async function goLive(server: KliegProcess, studio: Page, title: string): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.getByText('LIVE', { exact: true }).first().waitFor({ timeout: 15_000 })
  let id: string | undefined
  const isListed = async () => {
    const response = await fetch(`${server.url}/api/broadcasts?state=live`)
    const { items } = (await response.json()) as Listed
    id = items.find((item) => item.title === title)?.id
    return id !== undefined
  }
  await eventually(isListed, () => `"${title}" is not in the live list`)
  return id ?? ''
}

/** Chooses what the studio hides under "Advanced". */
async function advanced(studio: Page, choose: (studio: Page) => Promise<void>): Promise<void> {
  await studio.getByText('Advanced').click()
  await choose(studio)
}

const view = (server: KliegProcess, id: string) => `${server.url}/view/${id}/`

describe('live, in a real browser', () => {
  test('[E2E1] a person goes live from the studio, two others watch, a late one too, and the studio counts them', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(server, studio, 'First light')

    const first = await browser.page(view(server, id))
    const second = await browser.page(view(server, id))
    await assertPlaying(first)
    await assertPlaying(second)
    await server.untilBroadcast(id, ({ viewers }) => viewers === 2)
    await studio.getByText('2 viewers').waitFor()

    const late = await browser.page(view(server, id))
    await assertPlaying(late)
    await late
      .locator('.player-latency')
      .getByText(/^\d+(\.\d)? m?s/)
      .waitFor({ timeout: 20_000 }) // measured, not estimated
    await screenshot(studio, 'studio-live')
    await screenshot(late, 'watch-live')
    assert.deepEqual(browser.errors, [])
  })

  test('[E2E2] stopping ends every viewer with a clear message, and a way to the recording', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(server, studio, 'Short')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)

    await studio.bringToFront()
    await studio.getByRole('button', { name: 'Stop', exact: true }).click()
    await studio.getByRole('button', { name: 'Stop broadcast' }).click()

    await viewer.getByText('The broadcast has ended').waitFor()
    await studio.getByText('The broadcast has ended').waitFor()
    await server.untilBroadcast(id, ({ state, viewers }) => state === 'ended' && viewers === 0)
    for (const page of [viewer, studio])
      await page.getByRole('link', { name: 'Watch the recording' }).waitFor()
    await screenshot(viewer, 'watch-ended')
    await viewer.getByRole('link', { name: 'Watch the recording' }).click()
    await viewer.waitForURL(/\/library\/recording\//)
    await viewer.getByRole('heading', { name: 'Short' }).waitFor()
  })

  test('[E2E3] a publisher who reloads within the grace time goes on; its viewer keeps the picture coming', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(server, studio, 'Comes back')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)

    studio.on('dialog', (dialog) => void dialog.accept())
    await studio.reload()
    await server.untilBroadcast(id, ({ state }) => state === 'reconnecting')
    await studio.getByRole('button', { name: 'Continue broadcasting' }).click()
    await server.untilBroadcast(id, ({ state }) => state === 'live')

    await assertPlaying(viewer, { frames: (await decodedFrames(viewer)) > 0 ? 30 : 60 })
  })

  test('[E2E4] VP8 and simulcast are forwarded; each viewer may choose its layer', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await advanced(studio, async (page) => {
      await page.getByLabel('Video codec').selectOption('VP8')
      await page.getByLabel('Several qualities at once').check()
    })
    const id = await goLive(server, studio, 'Three layers')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)
    assert.deepEqual((await server.broadcast(id)).codecs.sort(), ['VP8', 'opus'])

    for (const quality of ['180p', '360p', '720p']) {
      await viewer.getByLabel('Quality').selectOption({ label: quality })
      await viewer.waitForFunction(
        (height) => document.querySelector('video')?.videoHeight === height,
        Number.parseInt(quality, 10),
        { timeout: 20_000 },
      )
    }
    await assertPlaying(viewer)
  })

  test('[E2E5] peer-to-peer: the server signals, the picture goes from browser to browser', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await advanced(studio, (page) =>
      page
        .getByLabel('Delivery')
        .selectOption('p2p')
        .then(() => undefined),
    )
    const id = await goLive(server, studio, 'Between us')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)
    assert.match(await server.metrics(), /klieg_worker_sessions\{worker="worker-0"\} 0/)
  })

  test('[E2E6] a media worker that dies is replaced, and publisher and viewer come back by themselves', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(server, studio, 'Survivor')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)

    process.kill(server.workers[0] ?? 0, 'SIGKILL')
    await server.untilBroadcast(id, ({ state }) => state === 'reconnecting')
    await server.untilBroadcast(id, ({ state }) => state === 'live', 20)

    await assertPlaying(viewer, { timeout: 30_000 })
  })
})
