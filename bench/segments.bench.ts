/** Live segments of about 200 kB: this server, from its memory, and nginx, from a file system in memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { untilSegment } from './live-playlist.ts'
import { KliegServer } from './klieg-server.ts'
import { NginxServer } from './nginx-server.ts'
import { treeSeconds, usedSeconds } from './processor-time.ts'
import { printTable, type Row } from './table.ts'
import { wrk } from './wrk.ts'

const ROUNDS = 3
const SEGMENT_BYTES = 200_000
const SEGMENT_SECONDS = 2

type Rival = {
  readonly name: string
  /** Processor seconds so far. */
  readonly used: () => number
  requests: number
  cpu: number
}

async function load(rival: Rival, url: string, seconds: number): Promise<void> {
  const before = rival.used()
  const { requests } = await wrk(url, { seconds, connections: 16 })
  rival.cpu += rival.used() - before
  rival.requests += requests
}

function row({ name, requests, cpu }: Rival, reference: Rival): Row {
  const rate = requests / cpu
  return {
    server: name,
    requests,
    'CPU s': cpu.toFixed(1),
    'requests/CPU s': Math.round(rate),
    'of nginx': (rate / (reference.requests / reference.cpu)).toFixed(2),
  }
}

const seconds = Number(process.argv[2] ?? 5)
const folder = mkdtempSync('/dev/shm/klieg-segments-')
try {
  await using klieg = await KliegServer.start()
  const broadcast = await klieg.createBroadcast()
  await klieg.publishCameras([broadcast], { bitsPerSecond: (SEGMENT_BYTES * 8) / SEGMENT_SECONDS })
  await using nginx = await NginxServer.start({ locations: `root ${folder};` })
  const other: Rival = { name: 'nginx', used: () => treeSeconds(nginx.pid), requests: 0, cpu: 0 }
  // What the process does for the broadcast meanwhile counts as well; the media worker answers no requests.
  const door: Rival = { name: 'klieg', used: () => usedSeconds(klieg.pid), requests: 0, cpu: 0 }
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const segment = await untilSegment(new URL('v0/index.m3u8', broadcast.urls.hls).href)
    const media = Buffer.from(await (await fetch(segment)).arrayBuffer())
    bytes = media.length
    writeFileSync(path.join(folder, 'segment.m4s'), media)
    await load(other, `${nginx.url}/segment.m4s`, seconds)
    await load(door, segment, seconds)
  }
  printTable(`Live segments of ${Math.round(bytes / 1000)} kB, ${ROUNDS} × ${seconds} s each`, [
    row(other, other),
    row(door, other),
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
