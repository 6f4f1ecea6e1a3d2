/** How many WebRTC connections one server sets up in a second, and what each costs it, apart from media. */
import { setTimeout as sleep } from 'node:timers/promises'
import { KliegServer } from './klieg-server.ts'
import { treeSeconds } from './processor-time.ts'
import { printTable, type Row } from './table.ts'
import { ViewerSwarm } from './viewers/viewer-swarm.ts'

const VIEWERS = 600
/** So little media that connecting is all the work. */
const FRAMES_PER_SECOND = 1

async function measure(atOnce: number): Promise<Row> {
  await using server = await KliegServer.start()
  await using swarm = new ViewerSwarm()
  const broadcast = await server.createBroadcast()
  await server.publish(broadcast, { framesPerSecond: FRAMES_PER_SECOND })
  await sleep(1000)
  const before = treeSeconds(server.pid)
  const startedAt = performance.now()
  let left = VIEWERS
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await swarm.add((offer) => server.watch(broadcast, offer))
    }),
  )
  while (swarm.upAfter.length < VIEWERS && performance.now() - startedAt < 30_000) await sleep(5)
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = treeSeconds(server.pid) - before
  return {
    'at once': atOnce,
    connected: swarm.upAfter.length,
    'per second': Math.round(VIEWERS / seconds),
    'ms CPU each': ((cpu / VIEWERS) * 1000).toFixed(2),
  }
}

const rows: Row[] = []
for (const atOnce of [8, 16, 32]) rows.push(await measure(atOnce))
printTable('Connections set up on one port, DTLS with a P-256 certificate, by one media worker', rows)
