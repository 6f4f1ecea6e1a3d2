/** Milliseconds from POST /whep to the first picture on screen in Chromium: from the kept group, and by key-frame request. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { Browser } from '../test/support/browser.ts'
import { KliegProcess } from '../test/support/klieg-process.ts'
import { percentile, printTable, type Row } from './table.ts'

const JOINS = 20

/** A whole WHEP join inside the page; returns the milliseconds until its first picture. */
function join(page: Page, whep: string): Promise<number> {
  return page.evaluate(async (url) => {
    const connection = new RTCPeerConnection()
    connection.addTransceiver('audio', { direction: 'recvonly' })
    connection.addTransceiver('video', { direction: 'recvonly' })
    const video = document.createElement('video')
    video.muted = video.autoplay = true
    document.body.append(video)
    const stream = new MediaStream()
    video.srcObject = stream
    connection.addEventListener('track', ({ track }) => stream.addTrack(track))
    const shown = new Promise<number>((resolve) =>
      video.requestVideoFrameCallback(() => resolve(performance.now())),
    )
    await connection.setLocalDescription(await connection.createOffer())
    const startedAt = performance.now()
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    })
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() })
    const took = (await shown) - startedAt
    connection.close()
    video.remove()
    return took
  }, whep)
}

async function measure(firstFrame: 'group' | 'key-frame', codec: 'H264' | 'VP8'): Promise<Row> {
  await using server = await KliegProcess.start({
    env: { KLIEG_FIRST_FRAME: firstFrame, KLIEG_LOG_LEVEL: 'warn' },
  })
  await using browser = await Browser.open()
  const studio = await browser.page(`${server.url}/broadcast/`)
  await studio.getByText('Advanced').click()
  await studio.getByLabel('Video codec').selectOption(codec)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.getByText('LIVE', { exact: true }).first().waitFor()
  const { items } = (await (await fetch(`${server.url}/api/broadcasts?state=live`)).json()) as {
    items: { urls: { whep: string } }[]
  }
  await sleep(3000)
  const page = await browser.page(`${server.url}/embed/nobody`)
  const samples: number[] = []
  for (let i = 0; i < JOINS; i++) {
    samples.push(await join(page, items[0]?.urls.whep ?? ''))
    await sleep(200)
  }
  return {
    start: firstFrame,
    codec,
    joins: JOINS,
    'p50 ms': percentile(samples, 0.5).toFixed(0),
    'p95 ms': percentile(samples, 0.95).toFixed(0),
    'max ms': Math.max(...samples).toFixed(0),
  }
}

const rows: Row[] = []
for (const codec of ['VP8', 'H264'] as const)
  for (const firstFrame of ['group', 'key-frame'] as const) rows.push(await measure(firstFrame, codec))
printTable('First picture of a joining Chromium, from POST /whep', rows)
