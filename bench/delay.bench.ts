/** What the server adds between WHIP in and WHEP out, with 50 viewers of 2.5 Mbit/s. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { KliegServer } from './klieg-server.ts'
import { percentile, printTable } from './table.ts'
import { compiled } from './viewers/compiled.ts'
import { ViewerSwarm } from './viewers/viewer-swarm.ts'

const OTHERS = 49
const SECONDS = 15
const BURST = 9

await using server = await KliegServer.start()
await using swarm = new ViewerSwarm()
const broadcast = await server.createBroadcast()
await server.publish(broadcast)
const addViewer = () => swarm.add((offer) => server.watch(broadcast, offer))
const measured = runViewer(broadcast.urls.whep)
for (let i = 0; i < OTHERS; i++) await addViewer()
const delays = await measured

const direct = await runDirect()
const floor = floorOf()
printTable(`Delay from publisher's send to viewer's receipt`, [
  rowOf(`klieg, ${OTHERS + 1} viewers`, delays),
  rowOf('publisher to viewer without a server', direct),
  {
    path: `floor: ${BURST} packets to ${OTHERS + 1} viewers, srtp_protect + sendto alone`,
    'p50 ms': floor.toFixed(2),
  },
])

function rowOf(name: string, samples: readonly number[]) {
  return {
    path: name,
    packets: samples.length,
    'p50 ms': percentile(samples, 0.5).toFixed(2),
    'p95 ms': percentile(samples, 0.95).toFixed(2),
    'p99 ms': percentile(samples, 0.99).toFixed(2),
    'max ms': Math.max(...samples).toFixed(2),
  }
}

async function runViewer(url: string): Promise<number[]> {
  const viewer = path.join(import.meta.dirname, 'delay-viewer.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [viewer, url, String(SECONDS)], {
    maxBuffer: 2 ** 24,
  })
  return JSON.parse(stdout) as number[]
}

/** The same two client processes, one calling the other. */
async function runDirect(): Promise<number[]> {
  const viewer = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'direct-viewer.ts'), String(SECONDS)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: viewer.stdout })[Symbol.asyncIterator]()
  const url = String((await lines.next()).value)
  const publisher = spawn(process.execPath, [path.join(import.meta.dirname, 'synthetic-publisher.ts'), url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const result = JSON.parse(String((await lines.next()).value)) as number[]
  publisher.kill()
  return result
}

/** Milliseconds until the middle of a frame's packets has left for the middle one of the viewers. */
function floorOf(): number {
  const output = execFileSync(compiled('send-floor'), [String(OTHERS + 1), '310', '5', 'AES-CM'], {
    encoding: 'utf8',
  })
  const { sent, cpuSeconds } = JSON.parse(output) as { sent: number; cpuSeconds: number }
  return ((cpuSeconds / sent) * 1000 * (OTHERS + 1) * BURST) / 2
}
