/**
 * Provisioned broadcasts on Ceph: how long a start takes, and how far behind the camera viewers in Chromium are whose
 * broadcast examples/hls-uploader uploads. The argument is how many seconds each watches.
 */
import { Browser } from '../test/support/browser.ts'
import { CephServer } from '../test/support/ceph.ts'
import { HlsUploaderProcess } from '../test/support/hls-uploader-process.ts'
import { readClock } from './burned-in-clock.ts'
import { ClockCamera } from './clock-camera.ts'
import { KliegServer } from './klieg-server.ts'
import { percentile, printTable, type Row } from './table.ts'

const STARTS = 50
const SEGMENT = 2
/** Seconds in which a viewing finds its place. */
const SETTLES_WITHIN = 10

async function start(url: string): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(`${url}/stream/start/?type=hls`, { method: 'POST' })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`start answers ${response.status}`)
  return performance.now() - startedAt
}

const seconds = Number(process.argv[2] ?? 20)
await using ceph = await CephServer.start()
const { endpoint, region, accessKeyId, secretAccessKey, roleArn } = ceph.account
await using server = await KliegServer.start({
  env: {
    KLIEG_S3_ENDPOINT: endpoint,
    KLIEG_S3_REGION: region,
    KLIEG_S3_BUCKET: 'bench',
    KLIEG_S3_ACCESS_KEY_ID: accessKeyId,
    KLIEG_S3_SECRET_ACCESS_KEY: secretAccessKey,
    KLIEG_S3_ROLE_ARN: roleArn,
  },
})
await using camera = await ClockCamera.listen()
await using uploader = new HlsUploaderProcess(
  [camera.url, '--server', server.url, '--segment', String(SEGMENT)],
  { AWS_ENDPOINT_URL_S3: endpoint },
)
while (uploader.streams.length === 0) await new Promise((resolve) => setTimeout(resolve, 100))
const page = `${server.url}/view/${uploader.streams[0]?.id}/`
const rows: Row[] = []
for (const viewer of ['there from the beginning', 'joins later']) {
  await using browser = await Browser.open()
  const watching = await browser.page(page)
  await new Promise((resolve) => setTimeout(resolve, SETTLES_WITHIN * 1000))
  const { delays, stalls, longestStall } = await readClock(watching, seconds)
  const behind = (fraction: number) => percentile(delays, fraction) / 1000
  rows.push({
    viewer,
    pictures: delays.length,
    'p50 s': behind(0.5).toFixed(2),
    'p95 s': behind(0.95).toFixed(2),
    'p50 segments': (behind(0.5) / SEGMENT).toFixed(2),
    'p95 segments': (behind(0.95) / SEGMENT).toFixed(2),
    stalls,
    'longest s': (longestStall / 1000).toFixed(1),
  })
}
printTable(
  `From the camera by way of storage to the screen, segments of ${SEGMENT} s, ${seconds} s watched`,
  rows,
)
const starts: number[] = []
for (let i = 0; i < STARTS; i++) starts.push(await start(server.url))
printTable(`POST /stream/start/ against Ceph, ${STARTS} in a row`, [
  {
    'p50 ms': percentile(starts, 0.5).toFixed(0),
    'p95 ms': percentile(starts, 0.95).toFixed(0),
    'max ms': Math.max(...starts).toFixed(0),
  },
])
