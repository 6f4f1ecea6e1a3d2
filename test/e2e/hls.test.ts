import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { seriousFindings } from '../support/axe.ts'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { LOOKS } from '../support/looks.ts'
import { playPlaylistByHand } from '../support/playlist-player.ts'

/** Goes live from the studio as a person would; returns the id. */
async function goLive(studio: Page, title: string): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.locator('.live-badge[data-state=live]').waitFor({ timeout: 30_000 })
  const link = await studio.getByRole('textbox', { name: 'Share link' }).inputValue()
  return new URL(link).pathname.split('/')[2] ?? ''
}

async function stop(studio: Page): Promise<void> {
  await studio.bringToFront()
  await studio.getByRole('button', { name: 'Stop', exact: true }).click()
  await studio.getByRole('button', { name: 'Stop broadcast' }).click()
}

const view = (server: KliegProcess, id: string) => `${server.url}/view/${id}/`

/** The badge on the picture. */
const badge = (viewer: Page) => viewer.locator('.player-latency')

async function chooseHls(viewer: Page): Promise<void> {
  await viewer.getByLabel('Delivery').selectOption('hls')
  await badge(viewer).getByText(/^HLS/).waitFor({ timeout: 40_000 })
}

/** Seconds behind the camera that the badge says. */
async function delayOf(viewer: Page): Promise<number> {
  const delay = badge(viewer).getByText(/^HLS · \d+(\.\d)? m?s\b/)
  await delay.waitFor({ timeout: 30_000 })
  const [, amount = '', unit] = /· ([\d.]+) (m?s)/.exec((await delay.textContent()) ?? '') ?? []
  return unit === 'ms' ? Number(amount) / 1000 : Number(amount)
}

/** As somebody does who drags the bar and lets go, once there is that much to go back to. */
async function seek(viewer: Page, secondsBehind: number): Promise<void> {
  const bar = viewer.getByRole('slider', { name: 'Time' })
  await viewer.waitForFunction(
    (wanted) => -Number(document.querySelector<HTMLInputElement>('.live-bar-range')?.min) > wanted,
    secondsBehind,
    { timeout: 40_000 },
  )
  await bar.fill(String(-secondsBehind))
  await bar.dispatchEvent('pointerup')
}

const videoTime = (viewer: Page) =>
  viewer.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)

/** A viewing that changes its door hangs up and says goodbye at once; whichever comes first, the other finds nothing. */
const errorsOf = ({ errors }: Pick<Browser, 'errors'>) =>
  errors.filter((error) => !/404 .*\/whep\//.test(error))

type Box = { x: number; y: number; width: number; height: number }

/** Where things are while the controls are there, because somebody moved the pointer or touched the picture. */
async function shownBoxes(viewer: Page, byTouch: boolean): Promise<Record<string, Box>> {
  const box = await viewer.locator('.player').boundingBox()
  assert.ok(box)
  for (let attempt = 0; attempt < 5; attempt++) {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 4 + attempt]
    if (byTouch) await viewer.touchscreen.tap(x, y)
    else await viewer.mouse.move(x, y, { steps: 3 })
    await viewer.waitForTimeout(400) // until they have faded in
    const boxes = await viewer.evaluate(() => {
      if (document.querySelector('media-controller')?.hasAttribute('userinactive')) return undefined
      const places = {
        player: '.player',
        badge: '.player-latency',
        timeLine: '.live-bar',
        play: 'media-play-button',
        delivery: '.player-quality select',
        fullScreen: 'media-fullscreen-button',
      }
      return Object.fromEntries(
        Object.entries(places).map(([name, selector]) => {
          const { x, y, width, height } =
            document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect()
          return [name, { x, y, width, height }]
        }),
      )
    })
    if (boxes) return boxes
  }
  throw new Error('the controls do not come')
}

/** What is cut off by the player's edge, absent, or in each other's way. */
function misplaced({ player, ...shown }: Record<string, Box>): string[] {
  assert.ok(player)
  const faults: string[] = []
  const boxes = Object.entries(shown)
  for (const [index, [name, box]] of boxes.entries()) {
    if (box.width === 0) faults.push(`${name} is absent`)
    if (!contains(player, box)) faults.push(`${name} is cut off`)
    for (const [other, otherBox] of boxes.slice(index + 1))
      if (overlap(box, otherBox)) faults.push(`${name} and ${other} overlap`)
  }
  return faults
}

function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width + 0.5 &&
    inner.y + inner.height <= outer.y + outer.height + 0.5
  )
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

describe('HLS, in a real browser', () => {
  test('[E2E11] [E2E12] a viewer changes to HLS, goes back in time by the bar, and to live with one press', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Over HTTP')
    assert.deepEqual((await server.broadcast(id)).codecs.toSorted(), ['H264', 'opus'])
    assert.deepEqual((await server.broadcast(id)).warnings, [])

    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)
    await chooseHls(viewer)
    await assertPlaying(viewer)
    assert.ok((await delayOf(viewer)) > 0.1)

    await seek(viewer, 8)
    await viewer.getByRole('button', { name: /−0:0[789] · Back to live/ }).waitFor({ timeout: 20_000 })
    await assertPlaying(viewer)
    const back = await videoTime(viewer)
    await viewer.getByRole('button', { name: /Back to live/ }).click()
    await viewer.getByRole('button', { name: 'Live', exact: true }).waitFor({ timeout: 20_000 })
    await assertPlaying(viewer)
    assert.ok((await videoTime(viewer)) > back + 5)
    assert.equal(await viewer.getByLabel('Delivery').inputValue(), 'hls')
    assert.deepEqual(errorsOf(browser), [])
  })

  test('[E2E12] who watches over WebRTC goes back in time over HLS, and to live over WebRTC again', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Missed it')
    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer, { frames: 200 })

    await seek(viewer, 6)
    await viewer.getByRole('button', { name: /−0:0[5-8] · Back to live/ }).waitFor({ timeout: 30_000 })
    await badge(viewer).getByText(/^HLS/).waitFor()
    await viewer.getByRole('button', { name: /Back to live/ }).click()
    await badge(viewer)
      .getByText(/^\d+(\.\d)? m?s/)
      .waitFor({ timeout: 30_000 })
    await assertPlaying(viewer)
    assert.deepEqual(errorsOf(browser), [])
  })

  test('[E2E13] a late viewer joins over HLS, and both see that it has ended', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Until the end')
    const early = await browser.page(view(server, id))
    await chooseHls(early)
    await assertPlaying(early, { frames: 100 })
    const late = await browser.page(view(server, id))
    await chooseHls(late)
    await assertPlaying(late)
    assert.ok((await delayOf(late)) < 10)
    assert.deepEqual(errorsOf(browser), [])

    await stop(studio)
    for (const viewer of [early, late]) {
      await viewer.bringToFront()
      await viewer.getByText('The broadcast has ended').waitFor({ timeout: 40_000 })
    }
    await server.untilBroadcast(id, ({ state }) => state === 'ended')
  })

  test('[E2E14] where UDP is blocked the picture comes over HLS by itself, and the badge says so', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Through the firewall')

    await using office = await Browser.open({ udp: false })
    const viewer = await office.page(view(server, id))
    await badge(viewer).getByText(/^HLS/).waitFor({ timeout: 30_000 })
    await assertPlaying(viewer)
    assert.equal(await viewer.getByLabel('Delivery').inputValue(), 'auto')
    assert.deepEqual(errorsOf(office), [])
  })

  test('[E2E14] a browser without WebRTC watches over HLS at once', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Without WebRTC')

    await using old = await Browser.open({ script: 'delete globalThis.RTCPeerConnection' })
    const viewer = await old.page(view(server, id))
    await badge(viewer).getByText(/^HLS/).waitFor({ timeout: 30_000 })
    await assertPlaying(viewer)
    assert.deepEqual(errorsOf(old), [])
  })

  test('[E2E15] a publisher who reloads within the grace time goes on over HLS, after a discontinuity', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Comes back')
    const viewer = await browser.page(view(server, id))
    await chooseHls(viewer)
    await assertPlaying(viewer)

    studio.on('dialog', (dialog) => void dialog.accept())
    await studio.reload()
    await server.untilBroadcast(id, ({ state }) => state === 'reconnecting')
    await viewer.getByText('Reconnecting').first().waitFor({ timeout: 30_000 })
    await studio.getByRole('button', { name: 'Continue broadcasting' }).click()
    await server.untilBroadcast(id, ({ state }) => state === 'live')
    await viewer.bringToFront()

    await assertPlaying(viewer, { frames: 60, timeout: 30_000 })
    await badge(viewer)
      .getByText(/^HLS · [\d.]+ m?s/)
      .waitFor()
    const playlist = await fetch(`${server.url}/hls/${id}/v0/index.m3u8`)
    assert.match(await playlist.text(), /^#EXT-X-DISCONTINUITY$/m)
  })

  test('[E2E16] what HLS can not carry is watched over WebRTC only; API and studio say so, with the cure', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await studio.getByText('Advanced').click()
    await studio.getByLabel('Video codec').selectOption('VP8')
    const id = await goLive(studio, 'VP8')
    const { warnings } = await server.broadcast(id)
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['no-hls'],
    )
    assert.match(warnings[0]?.cure ?? '', /H264/)
    await studio.getByText('HLS and recordings can not carry VP8').waitFor()
    await studio.getByText('Publish H264').waitFor()

    const viewer = await browser.page(view(server, id))
    await assertPlaying(viewer)
    assert.equal(await viewer.getByLabel('Delivery').count(), 0)
    assert.equal(await viewer.getByRole('slider', { name: 'Time' }).count(), 0)
    const refused = await fetch(`${server.url}/hls/${id}/index.m3u8`)
    assert.equal(refused.status, 422)
    assert.equal(((await refused.json()) as { code: string }).code, 'unsupported-media')
    await screenshot(studio, 'studio-no-hls')
  })

  test('[E2E17] a player that appends parts as the playlist lists them, and ffmpeg, play it without an error', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'By hand')
    const page = await browser.page(server.url)
    const played = await playPlaylistByHand(page, `${server.url}/hls/${id}/`, 8)
    assert.deepEqual(errorsOf(played), [])
    assert.ok(played.parts > 40, `${played.parts} parts`)
    assert.ok(played.frames > 100, `${played.frames} frames`)
    assert.equal(played.ranges, 1, 'the buffer has holes')

    const input = `${server.url}/hls/${id}/index.m3u8`
    const { stderr } = await promisify(execFile)('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-i', input],
      // Pictures at their own times: a camera's are not evenly spaced, and would be rounded onto one another.
      ...['-t', '8', '-vsync', 'passthrough', '-enc_time_base', '-1', '-f', 'null', '-'],
    ])
    assert.equal(stderr, '')
    assert.deepEqual(errorsOf(browser), [])
  })

  test('[E2E18] viewers over WebRTC and over HLS are one number, which falls when they leave', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'Counted')
    const overWebRtc = await browser.page(view(server, id))
    await assertPlaying(overWebRtc)
    const overHls = await browser.page(`${server.url}/view/${id}/`)
    await chooseHls(overHls)
    await assertPlaying(overHls)
    await server.untilBroadcast(id, ({ viewers }) => viewers === 2)
    await studio.getByText('2 viewers').waitFor()
    await overHls.getByText('2 viewers').waitFor()

    await overWebRtc.close()
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)
    await overHls.getByLabel('Delivery').selectOption('webrtc')
    await badge(overHls)
      .getByText(/^\d+(\.\d)? m?s/)
      .waitFor({ timeout: 30_000 })
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)
    await chooseHls(overHls)
    await overHls.close()
    await server.untilBroadcast(id, ({ viewers }) => viewers === 0)
  })

  test('[E2E19] the player over HLS on desktop and phone, light and dark: nothing overlaps, nothing is cut off', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const id = await goLive(studio, 'A rather long title of a broadcast, to see where it goes')
    for (const { screen, scheme, browser: size } of LOOKS) {
      await using screenBrowser = await Browser.open(size)
      const viewer = await screenBrowser.page(view(server, id))
      await assertPlaying(viewer)
      await chooseHls(viewer)
      await delayOf(viewer)
      await viewer.getByRole('button', { name: 'Tap for sound' }).click()
      const look = async (name: string) => {
        const shown = await shownBoxes(viewer, screen === 'phone')
        await screenshot(viewer, `${name}-${screen}-${scheme}`)
        assert.deepEqual(misplaced(shown), [], `${name} on a ${screen}`)
      }
      await look('watch-hls')
      await seek(viewer, 8)
      await viewer.getByRole('button', { name: /Back to live/ }).waitFor({ timeout: 20_000 })
      await look('watch-hls-behind')
      assert.deepEqual(await seriousFindings(viewer), [])
      assert.deepEqual(errorsOf(screenBrowser), [])
    }
  })
})
