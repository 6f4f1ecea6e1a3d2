/** Ranges of 1 MB, and of 8 MB as players get them, of a file of 200 MB: this server, nginx, and both (X-Accel-Redirect). Needs the packages nginx-light and wrk. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { KliegServer } from './klieg-server.ts'
import { NginxServer } from './nginx-server.ts'
import { treeSeconds } from './processor-time.ts'
import { printTable, type Row } from './table.ts'
import { wrk } from './wrk.ts'

const MB = 1024 * 1024
const FILE_BYTES = 200 * MB
const ROUNDS = 3
const FILE = 'film.mp4'
const DOOR = `/api/stream/?path=${FILE}`
const HANDED_OVER = 18_710
const FLOOR = 18_715

type Rival = {
  readonly name: string
  readonly url: string
  readonly target: string
  /** Whose processor time counts. */
  readonly pids: readonly number[]
  requests: number
  bytes: number
  cpu: number
  elapsed: number
}

async function load(rival: Rival, length: number, seconds: number): Promise<void> {
  const used = () => rival.pids.reduce((sum, pid) => sum + treeSeconds(pid), 0)
  const before = used()
  const env = { RANGE_BYTES: String(length), FILE_BYTES: String(FILE_BYTES), RANGE_PATH: rival.target }
  const { requests, bytes } = await wrk(rival.url, { seconds, script: 'range.lua', env })
  rival.cpu += used() - before
  rival.elapsed += seconds
  rival.requests += requests
  rival.bytes += bytes
}

function row({ name, requests, bytes, cpu, elapsed }: Rival, reference: Rival): Row {
  const perCpu = requests / cpu
  return {
    server: name,
    'requests/s': Math.round(requests / elapsed),
    'of nginx': (requests / elapsed / (reference.requests / reference.elapsed)).toFixed(2),
    'MB/request': (bytes / requests / MB).toFixed(2),
    'requests/CPU s': Math.round(perCpu),
    'of nginx ': (perCpu / (reference.requests / reference.cpu)).toFixed(2),
  }
}

const seconds = Number(process.argv[2] ?? 5)
await using klieg = await KliegServer.start()
await using handing = await KliegServer.start({
  port: HANDED_OVER,
  icePort: 18_810,
  env: { KLIEG_ACCEL_PREFIX: '/inside/' },
})
const floor = spawn(process.execPath, [path.join(import.meta.dirname, 'handing-server.ts'), String(FLOOR)], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
await once(floor.stdout, 'data')
const film = randomBytes(FILE_BYTES)
for (const { dataDir } of [klieg, handing]) {
  mkdirSync(path.join(dataDir, 'videos'), { recursive: true })
  writeFileSync(path.join(dataDir, 'videos', FILE), film)
}
await using nginx = await NginxServer.start({
  before: `upstream klieg { server 127.0.0.1:${HANDED_OVER}; keepalive 16; }
  upstream floor { server 127.0.0.1:${FLOOR}; keepalive 16; }`,
  locations: `
    location /videos/ { alias ${klieg.dataDir}/videos/; }
    location /inside/ { internal; alias ${handing.dataDir}/videos/; }
    location /floor/ { internal; alias ${handing.dataDir}/videos/; }
    location /bare/ { proxy_pass http://floor; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location /api/ { proxy_pass http://klieg; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1; }`,
})
const none = { requests: 0, bytes: 0, cpu: 0, elapsed: 0 }
for (const length of [MB, 8 * MB]) {
  const alone: Rival = {
    name: 'nginx',
    url: nginx.url,
    target: `/videos/${FILE}`,
    pids: [nginx.pid],
    ...none,
  }
  const direct: Rival = { name: 'klieg', url: klieg.url, target: DOOR, pids: [klieg.pid], ...none }
  const both = [nginx.pid, handing.pid]
  const behind: Rival = { name: 'nginx, told by klieg', url: nginx.url, target: DOOR, pids: both, ...none }
  const least: Rival = {
    name: 'nginx, told by bare node:http',
    url: nginx.url,
    target: `/bare/?path=${FILE}`,
    pids: [nginx.pid, floor.pid ?? 0],
    ...none,
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const rival of [alone, direct, behind, least]) await load(rival, length, seconds)
  printTable(
    `${length / MB} MB ranges of a 200 MB file, ${ROUNDS} × ${seconds} s each`,
    [alone, direct, behind, least].map((rival) => row(rival, alone)),
  )
}
floor.kill()
