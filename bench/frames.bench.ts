/**
 * JPEG frames to 200 viewers: this server, a plain `ws` loop, writes to bare sockets, and write() from C, which is the
 * floor of everything; what a viewer that does not read costs; and OpenCV to OpenCV. Needs gcc, python3-opencv and
 * python3-websockets.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { ageOf, benchFrame, cheapViewer, FRAME_BYTES, MESSAGE_BYTES } from './frames-load.ts'
import { KliegServer } from './klieg-server.ts'
import { residentBytes, usedSecondsExactly } from './processor-time.ts'
import { percentile, printTable, type Row } from './table.ts'
import { compiled } from './viewers/compiled.ts'

const VIEWERS = Number(process.argv[2] ?? 200)
const FPS = 30
/** Short and many, in turns: the neighbours of a machine are never quiet for long. */
const ROUNDS = 5
const SECONDS = 2
const SAMPLED = 5
const PATH = '/ws/video/bench/'

type Rival = {
  name: string
  port: number
  pid: number
  isWebSocket: boolean
  /** Microseconds of the server's processor for each frame and viewer, round by round. */
  costs: number[]
  rates: number[]
  ages: number[]
}

async function startRival(name: string, command: readonly string[]): Promise<Rival & { stop: () => void }> {
  const [program = '', ...settings] = command
  const child = spawn(program, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    ...fresh(name, { port: Number(port), pid: child.pid ?? 0 }),
    stop: () => child.kill(),
  }
}

function fresh(name: string, server: { port: number; pid: number }): Rival {
  return { name, ...server, isWebSocket: true, costs: [], rates: [], ages: [] }
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
  const { port, pid, isWebSocket } = rival
  const stopPublisher = isWebSocket ? await startPublisher(port) : () => undefined
  let bytes = 0
  const count = (more: number): void => {
    bytes += more
  }
  const sampled = isWebSocket ? SAMPLED : 0
  const cheap = await Promise.all(
    Array.from({ length: VIEWERS - sampled }, () => cheapViewer(port, PATH, count)),
  )
  let isMeasuring = false
  const watchers = Array.from({ length: sampled }, () =>
    watcher(port, (frame) => {
      if (!isMeasuring) return
      count(frame.length)
      rival.ages.push(ageOf(frame))
    }),
  )
  await sleep(1500)
  bytes = 0
  isMeasuring = true
  const before = usedSecondsExactly(pid)
  await sleep(SECONDS * 1000)
  const used = usedSecondsExactly(pid) - before
  const frames = bytes / FRAME_BYTES
  rival.costs.push((used / frames) * 1e6)
  rival.rates.push(frames / SECONDS / VIEWERS)
  for (const socket of cheap) socket.destroy()
  for (const socket of watchers) socket.terminate()
  stopPublisher()
  await sleep(500)
}

function watcher(port: number, onFrame: (frame: Buffer) => void): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${PATH}`, { perMessageDeflate: false })
  socket.on('open', () => socket.send('{"type":"join","role":"viewer"}'))
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) onFrame(data)
  })
  return socket
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
const klieg = fresh('klieg', { port: Number(new URL(server.url).port), pid: server.pid })
const inNode = [process.execPath, path.join(import.meta.dirname, 'frames-server.ts')]
const plain = await startRival('ws, send for each', [...inNode, 'ws', String(FPS)])
const bare = await startRival('bare sockets in Node', [...inNode, 'raw', String(FPS)])
const floor = await startRival('write() in C', [compiled('write-floor'), String(MESSAGE_BYTES), String(FPS)])
bare.isWebSocket = floor.isWebSocket = false
const rivals: Rival[] = [klieg, plain, bare, floor]
for (let round = 0; round < ROUNDS; round++) for (const rival of rivals) await run(rival)
for (const { stop } of [plain, bare, floor]) stop()
const costOf = ({ costs }: Rival) => percentile(costs, 0.5)
const ageOfRival = ({ ages }: Rival, fraction: number) =>
  ages.length > 0 ? percentile(ages, fraction).toFixed(1) : ''
printTable(
  `${VIEWERS} viewers, ${FPS} frames of 60 kB a second: medians of ${ROUNDS} rounds`,
  rivals.map((rival) => ({
    server: rival.name,
    'frames/s to each': percentile(rival.rates, 0.5).toFixed(1),
    'us for a frame to one': costOf(rival).toFixed(1),
    'from - to': `${Math.min(...rival.costs).toFixed(1)} - ${Math.max(...rival.costs).toFixed(1)}`,
    'viewers per core': (1e6 / costOf(rival) / FPS).toFixed(0),
    'of ws': (costOf(plain) / costOf(rival)).toFixed(2),
    'age p50 ms': ageOfRival(rival, 0.5),
    'age p99 ms': ageOfRival(rival, 0.99),
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
