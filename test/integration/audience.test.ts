import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { syntheticPublisher, syntheticViewers } from '../support/synthetic-peers.ts'
import { proveThatAnAudienceMayVanish } from '../support/vanishing-audience.ts'

async function metric(server: KliegProcess, name: string, worker: string): Promise<number> {
  const text = await server.metrics()
  return Number(new RegExp(`^klieg_${name}\\{worker="${worker}"\\} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('an audience', () => {
  test('[E2E9] two workers serve the viewers of one broadcast; both halves receive everything', async () => {
    await using server = await KliegProcess.start({ env: { KLIEG_WORKERS: '2' } })
    const { id, streamKey, urls } = await server.createBroadcast()
    await using _publisher = await syntheticPublisher(urls.whip, streamKey)
    await server.untilBroadcast(id, ({ state }) => state === 'live')

    await using viewers = syntheticViewers(urls.whep, 9)
    await eventually(
      () => viewers.latest.connected === 9 && viewers.latest.fewest > 500,
      () => `after a while: ${JSON.stringify(viewers.latest)}\n${server.log}`,
    )

    assert.equal(await metric(server, 'worker_sessions', 'worker-0'), 5)
    assert.equal(await metric(server, 'worker_sessions', 'worker-1'), 5)
    assert.equal((await server.broadcast(id)).viewers, 9)
  })

  test('[E2E10] viewers that vanish without goodbye are not counted after 10 s, and leave nothing behind', () =>
    proveThatAnAudienceMayVanish(60))
})
