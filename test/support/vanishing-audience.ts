import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { KliegProcess } from './klieg-process.ts'
import { syntheticPublisher, syntheticViewers } from './synthetic-peers.ts'

const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length

/** `count` viewers watch, vanish without goodbye, and must be neither counted nor remembered 10 s later. */
export async function proveThatAnAudienceMayVanish(count: number): Promise<void> {
  await using server = await KliegProcess.start()
  const { id, streamKey, urls } = await server.createBroadcast()
  await using _publisher = await syntheticPublisher(urls.whip, streamKey)
  await server.untilBroadcast(id, ({ state }) => state === 'live')
  const [worker = 0] = server.workers
  const before = descriptors(worker)

  await using viewers = syntheticViewers(urls.whep, count)
  await server.untilBroadcast(id, (broadcast) => broadcast.viewers === count, 120)
  await viewers.kill()
  await sleep(10_000)

  assert.equal((await server.broadcast(id)).viewers, 0)
  assert.match(await server.metrics(), /^klieg_worker_sessions\{worker="worker-0"\} 1$/m)
  assert.ok(descriptors(worker) <= before + 2, `${before} descriptors before, ${descriptors(worker)} after`)
  assert.deepEqual(server.workers, [worker], 'the worker lives on')
}
