/** What the server adds between WHIP in and WHEP out, with 50 viewers of 2.5 Mbit/s. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { KliegServer } from './klieg-server.ts'
import { percentile, printTable } from './table.ts'
import { ViewerSwarm } from './viewers/viewer-swarm.ts'

const OTHERS = 49
const SECONDS = 15

await using server = await KliegServer.start()
await using swarm = new ViewerSwarm()
const broadcast = await server.createBroadcast()
await server.publish(broadcast)
for (let i = 0; i < OTHERS; i++) await swarm.add((offer) => server.watch(broadcast, offer))
const viewer = path.join(import.meta.dirname, 'delay-viewer.ts')
const { stdout } = await promisify(execFile)(
  process.execPath,
  [viewer, broadcast.urls.whep, String(SECONDS)],
  {
    maxBuffer: 2 ** 24,
  },
)
const delays = JSON.parse(stdout) as number[]
printTable(`Delay from publisher's send to viewer's receipt, ${OTHERS + 1} viewers`, [
  {
    packets: delays.length,
    'p50 ms': percentile(delays, 0.5).toFixed(2),
    'p95 ms': percentile(delays, 0.95).toFixed(2),
    'p99 ms': percentile(delays, 0.99).toFixed(2),
    'max ms': Math.max(...delays).toFixed(2),
  },
])
