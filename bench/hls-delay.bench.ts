/**
 * From the drawing of a picture in one Chromium to its display in another: over LL-HLS, and over WebRTC at the same
 * time. The argument is how many minutes.
 */
import { Browser } from '../test/support/browser.ts'
import { publishClock, readClock, type Watched } from './burned-in-clock.ts'
import { KliegServer } from './klieg-server.ts'
import { percentile, printTable, type Row } from './table.ts'

/** Seconds in which a viewing finds its place. */
const SETTLES_WITHIN = 15

function row(path: string, { delays, stalls, longestStall }: Watched): Row {
  return {
    path,
    pictures: delays.length,
    'p50 s': (percentile(delays, 0.5) / 1000).toFixed(2),
    'p95 s': (percentile(delays, 0.95) / 1000).toFixed(2),
    'max s': (Math.max(...delays) / 1000).toFixed(2),
    stalls,
    'longest s': (longestStall / 1000).toFixed(1),
  }
}

const minutes = Number(process.argv[2] ?? 1)
await using server = await KliegServer.start()
const { urls, streamKey } = await server.createBroadcast()
await using publisher = await Browser.open()
await using viewer = await Browser.open()
await using other = await Browser.open()
const camera = await publisher.page(server.url)
await publishClock(camera, urls.whip, streamKey)
const overHls = await viewer.page(urls.view)
await overHls.getByLabel('Delivery').selectOption('hls')
const overWebRtc = await other.page(urls.view)
await overWebRtc.getByLabel('Delivery').selectOption('webrtc')
await new Promise((resolve) => setTimeout(resolve, SETTLES_WITHIN * 1000))
const [hls, webRtc] = await Promise.all([
  readClock(overHls, minutes * 60),
  readClock(overWebRtc, minutes * 60),
])
const measured = await overHls.locator('.player-latency').textContent()
printTable(
  `From one Chromium to another, clock burned in, ${minutes} min; the page itself says “${measured}”`,
  [row('WebRTC', webRtc), row('LL-HLS, parts of 250 ms', hls)],
)
