/** A thousand players that wait for the next part at once: how long until the last one has its playlist, and what they cost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { edgeOf, untilSegment } from './live-playlist.ts'
import { KliegServer, type NewBroadcast } from './klieg-server.ts'
import { residentBytes } from './processor-time.ts'
import { percentile, printTable, type Row } from './table.ts'
import { WaitingClients } from './waiting-clients.ts'

const PLAYERS = 1000
const ROUNDS = 12
/** So many parts ahead that all of them wait before it comes. */
const AHEAD = 4
const MB = 1024 * 1024

type Measured = {
  readonly server: string
  /** Milliseconds from the first answer to the last, for each round. */
  readonly spreads: number[]
  /** Resident bytes before they came, and while all of them wait for the first time. */
  readonly before: number
  waiting: number
}

const requestOf = (target: string, encoding: string) =>
  `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: ${encoding}\r\n\r\n`

/** The first player asks first and uncompressed: it hears of the part before all others. */
async function measureKlieg(klieg: KliegServer, { urls }: NewBroadcast): Promise<Measured> {
  const playlist = new URL('v0/index.m3u8', urls.hls)
  await untilSegment(playlist.href)
  const measured: Measured = {
    server: 'klieg',
    spreads: [],
    before: residentBytes(klieg.pid),
    waiting: 0,
  }
  using players = await WaitingClients.open(klieg.url, PLAYERS + 1)
  for (let round = 0; round < ROUNDS; round++) {
    const { msn, part } = await edgeOf(playlist.href)
    const target = (place: number) =>
      `${playlist.pathname}?session=player-of-the-bench-${place}&_HLS_msn=${msn}&_HLS_part=${part + AHEAD}`
    const answeredAt = await players.ask(
      (place) => requestOf(target(place), place === 0 ? 'identity' : 'gzip'),
      () => (measured.waiting ||= residentBytes(klieg.pid)),
    )
    measured.spreads.push(Math.max(...answeredAt) - (answeredAt[0] ?? 0))
  }
  return measured
}

async function measureFloor(bytes: number): Promise<Measured> {
  const script = path.join(import.meta.dirname, 'holding-server.ts')
  const server = spawn(process.execPath, [script, String(bytes)], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer]
    return await holdAndRelease(server, `http://127.0.0.1:${port.toString().trim()}`)
  } finally {
    server.stdin.end()
  }
}

async function holdAndRelease(server: ChildProcess, url: string): Promise<Measured> {
  const pid = server.pid ?? 0
  const measured: Measured = {
    server: 'floor: node:http',
    spreads: [],
    before: residentBytes(pid),
    waiting: 0,
  }
  using players = await WaitingClients.open(url, PLAYERS + 1)
  for (let round = 0; round < ROUNDS; round++) {
    const answeredAt = await players.ask(
      () => requestOf('/', 'gzip'),
      () => {
        measured.waiting ||= residentBytes(pid)
        server.stdin?.write('now\n')
      },
    )
    measured.spreads.push(Math.max(...answeredAt) - Math.min(...answeredAt))
  }
  return measured
}

function row({ server, spreads, before, waiting }: Measured): Row {
  return {
    server,
    'last answer after the part, p50 ms': percentile(spreads, 0.5).toFixed(1),
    'max ms': Math.max(...spreads).toFixed(1),
    'more memory MB': ((waiting - before) / MB).toFixed(1),
  }
}

await using klieg = await KliegServer.start()
const broadcast = await klieg.createBroadcast()
await klieg.publishCameras([broadcast])
const door = await measureKlieg(klieg, broadcast)
const text = await (await fetch(new URL('v0/index.m3u8', broadcast.urls.hls))).text()
const floor = await measureFloor(gzipSync(text).length)
printTable(
  `${PLAYERS} players that wait for the same part, ${ROUNDS} times; playlist of ${text.length} bytes`,
  [floor, door].map(row),
)
