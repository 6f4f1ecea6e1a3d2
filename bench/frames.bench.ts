/**
 * JPEG frames to 200 viewers: this server, a plain `ws` loop, and writes to bare sockets, which is the floor of both;
 * what a viewer that does not read costs; and OpenCV to OpenCV. Needs python3-opencv and python3-websockets.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { ageOf, benchFrame, cheapViewer, FRAME_BYTES } from './frames-load.ts'
import { KliegServer } from './klieg-server.ts'
import { residentBytes, usedSeconds } from './processor-time.ts'
import { percentile, printTable, type Row } from './table.ts'

const VIEWERS = Number(process.argv[2] ?? 200)
const FPS = 30
const ROUNDS = 2
const SECONDS = 5
const SAMPLED = 5
const PATH = '/ws/video/bench/'

type Rival = {
  name: string
  port: number
  pid: number
  hasPublisher: boolean
  frames: number
  cpu: number
  ages: number[]
}

async function startRival(kind: 'ws' | 'raw'): Promise<{ port: number; pid: number; stop: () => void }> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'frames-server.ts'), kind, String(FPS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { port: Number(port), pid: child.pid ?? 0, stop: () => child.kill() }
}

/** Sends at the rate until it is stopped. */
async function startPublisher(port: number): Promise<() => void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${PATH}`, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.send(benchFrame())
  const timer = setInterval(() => socket.send(benchFrame()), 1000 / FPS)
  await sleep(300)
  return () => {
    clearInterval(timer)
    socket.terminate()
  }
}

async function run(rival: Rival): Promise<void> {
  const stopPublisher = rival.hasPublisher ? await startPublisher(rival.port) : () => undefined
  let bytes = 0
  const cheap = await Promise.all(
    Array.from({ length: VIEWERS - SAMPLED }, () =>
      cheapViewer(rival.port, PATH, (count) => {
        bytes += count
      }),
    ),
  )
  const sampled = Array.from(
    { length: SAMPLED },
    () => new WebSocket(`ws://127.0.0.1:${rival.port}${PATH}`, { perMessageDeflate: false }),
  )
  let isMeasuring = false
  for (const socket of sampled) {
    socket.on('open', () => socket.send('{"type":"join","role":"viewer"}'))
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary || !isMeasuring) return
      bytes += data.length
      rival.ages.push(ageOf(data))
    })
  }
  await sleep(1500)
  bytes = 0
  isMeasuring = true
  const before = usedSeconds(rival.pid)
  await sleep(SECONDS * 1000)
  rival.cpu += usedSeconds(rival.pid) - before
  rival.frames += bytes / FRAME_BYTES
  for (const socket of cheap) socket.destroy()
  for (const socket of sampled) socket.terminate()
  stopPublisher()
  await sleep(500)
}

/** Of a viewer that reads nothing: bytes of the server, and how many there were. */
async function stalledViewers(klieg: { port: number; pid: number }): Promise<Row> {
  const stopPublisher = await startPublisher(klieg.port)
  await sleep(2000)
  const before = residentBytes(klieg.pid)
  const stalled = await Promise.all(
    Array.from({ length: 20 }, () => cheapViewer(klieg.port, PATH, () => undefined)),
  )
  for (const socket of stalled) socket.pause()
  await sleep(7000)
  const perViewer = Math.max(0, residentBytes(klieg.pid) - before) / stalled.length
  for (const socket of stalled) socket.destroy()
  stopPublisher()
  return { 'viewers that do not read': stalled.length, 'resident MB for each': (perViewer / 1e6).toFixed(2) }
}

await using server = await KliegServer.start({ env: { KLIEG_FRAMES_ENCODED_MAX: '0' } })
const klieg = { port: Number(new URL(server.url).port), pid: server.pid }
const plain = await startRival('ws')
const bare = await startRival('raw')
const fresh = () => ({ frames: 0, cpu: 0, ages: [] as number[] })
const rivals: Rival[] = [
  { name: 'klieg', ...klieg, hasPublisher: true, ...fresh() },
  { name: 'ws, send for each', ...plain, hasPublisher: true, ...fresh() },
  { name: 'writes to sockets alone', ...bare, hasPublisher: false, ...fresh() },
]
for (let round = 0; round < ROUNDS; round++) for (const rival of rivals) await run(rival)
plain.stop()
bare.stop()
const [, reference] = rivals
const perCpu = ({ frames, cpu }: Rival) => frames / cpu
printTable(
  `${VIEWERS} viewers, ${FPS} frames of 60 kB a second`,
  rivals.map((rival) => ({
    server: rival.name,
    'frames/s to each': (rival.frames / (ROUNDS * SECONDS) / VIEWERS).toFixed(1),
    'viewers per core': (perCpu(rival) / FPS).toFixed(0),
    'of ws': reference ? (perCpu(rival) / perCpu(reference)).toFixed(2) : '',
    'age p50 ms': percentile(rival.ages, 0.5).toFixed(1),
    'age p99 ms': percentile(rival.ages, 0.99).toFixed(1),
  })),
)
printTable('A viewer that stops reading', [await stalledViewers(klieg)])

const opencv = spawnSync(
  '/usr/bin/python3',
  [path.join(import.meta.dirname, 'frames_delay.py'), `ws://127.0.0.1:${klieg.port}/ws/video/opencv/`],
  { encoding: 'utf8' },
)
if (opencv.status !== 0) throw new Error(opencv.stderr)
printTable('OpenCV to OpenCV, through the server', [JSON.parse(opencv.stdout) as Row])
