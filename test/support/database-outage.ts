import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from './eventually.ts'
import { KliegProcess } from './klieg-process.ts'
import { syntheticPublisher, syntheticViewers } from './synthetic-peers.ts'

/** How a database goes away and comes back, and how long it stays away. */
export type Outage = {
  readonly env?: NodeJS.ProcessEnv
  readonly dataDir?: string
  readonly seconds: number
  /** The publisher is lost, too, and comes back, which takes 10 s. */
  readonly publisherReturns?: boolean
  lose(): void | Promise<void>
  findAgain(): void | Promise<void>
}

const json = async (response: Response) => (await response.json()) as Record<string, unknown>

/** A broadcast goes on without its database, what needs it is refused at once, and nothing is lost in the end. */
export async function proveThatLiveGoesOn({
  seconds,
  publisherReturns = false,
  lose,
  findAgain,
  ...where
}: Outage): Promise<void> {
  await using server = await KliegProcess.start(where)
  const readiness = async () => json(await fetch(`${server.url}/readyz`))
  const create = () => fetch(`${server.url}/api/broadcasts`, { method: 'POST' })
  const viewings = async (id: string) => json(await fetch(`${server.url}/api/viewings?broadcast=${id}`))
  const { id, streamKey, urls } = await server.createBroadcast({ title: 'Before' })
  const publishing = new AsyncDisposableStack()
  await using _publishing = publishing
  const publisher = publishing.use(await syntheticPublisher(urls.whip, streamKey))
  await server.untilBroadcast(id, ({ state }) => state === 'live')
  await using viewers = syntheticViewers(urls.whep, 2)
  await eventually(
    () => viewers.latest.connected === 2 && viewers.latest.fewest > 50,
    () => `the viewers see nothing: ${server.log}`,
  )
  assert.deepEqual(await readiness(), { status: 'ready', database: 'up' })

  await lose()
  const lostAt = performance.now()
  await eventually(
    async () => (await readiness())['database'] === 'down',
    () => `nothing was noticed: ${server.log}`,
  )
  assert.equal((await readiness())['status'], 'degraded')
  assert.match(await server.metrics(), /^klieg_database_up 0$/m)
  for (let attempt = 0; attempt < 3; attempt++) {
    const refused = await create()
    const { code } = await json(refused)
    assert.deepEqual([refused.status, code, refused.headers.get('retry-after')], [503, 'overloaded', '5'])
  }
  const renamed = await fetch(`${server.url}/api/broadcasts/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"title":"Meanwhile"}',
  })
  assert.equal(renamed.status, 200, await renamed.text())
  await using late = syntheticViewers(urls.whep, 1)
  await server.untilBroadcast(id, ({ state, viewers: count }) => state === 'live' && count === 3)
  const onAir = await json(await fetch(`${server.url}/api/broadcasts?state=live`))
  assert.equal(onAir['total'], 1)
  if (publisherReturns) {
    await publisher.kill()
    await server.untilBroadcast(id, ({ state }) => state === 'reconnecting')
    publishing.use(await syntheticPublisher(urls.whip, streamKey))
    await server.untilBroadcast(id, ({ state }) => state === 'live')
  }
  const before = viewers.latest.fewest
  await eventually(
    () => viewers.latest.fewest > before + 50 && late.latest.fewest > 50,
    () => `the picture stopped: ${server.log}`,
  )
  const spool = path.join(server.dataDir, 'viewings.spool')
  await eventually(
    () => existsSync(spool),
    () => `nothing is spooled: ${server.log}`,
  )
  await sleep(Math.max(0, seconds * 1000 - (performance.now() - lostAt)))
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)

  await findAgain()
  await eventually(
    async () => (await readiness())['status'] === 'ready',
    () => `it is not used again: ${server.log}`,
  )
  assert.equal((await create()).status, 201)
  await late.kill()
  await eventually(
    async () => (await viewings(id))['total'] === 3 && !existsSync(spool),
    () => `viewings are missing: ${server.log}`,
    30,
  )
  assert.match(await server.metrics(), /^klieg_database_up 1$/m)
  assert.match(await server.metrics(), /^klieg_database_outages_total 1$/m)
  await publishing.disposeAsync()
  server.kill('SIGTERM')
  await server.exited()
  await using restarted = await KliegProcess.start({ ...where, dataDir: server.dataDir })
  const kept = (await restarted.broadcast(id)) as unknown as Record<string, unknown>
  assert.deepEqual([kept['title'], kept['state']], ['Meanwhile', 'ended'])
}
