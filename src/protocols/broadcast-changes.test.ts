import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../test/support/fake-session.ts'
import { restRig } from '../../test/support/rest-rig.ts'
import type { Broadcast } from '../core/broadcast.ts'
import type { NewBroadcast } from '../core/broadcasts.ts'
import { BroadcastChanges } from './broadcast-changes.ts'
import { FollowerPlaces } from './follower-places.ts'

async function setUp() {
  const { broadcasts, clock } = await restRig()
  const toList: string[] = []
  const toFollowers: string[] = []
  const changes = new BroadcastChanges(broadcasts, clock, ({ broadcast, change, listChange }) => {
    toFollowers.push(`${change} ${broadcast.id}`)
    if (listChange) toList.push(`${listChange} ${broadcast.id}`)
  })
  const create = async (wanted: NewBroadcast) => (await broadcasts.create(wanted)).broadcast
  return { broadcasts, clock, changes, toList, toFollowers, create }
}

function goLive(broadcast: Broadcast): void {
  const session = new FakeSession(`publisher of ${broadcast.id}`)
  broadcast.attachPublisher(session)
  broadcast.publisherConnected(session)
}

describe('what followers are told', () => {
  test('[LIST3] the list hears of what can be watched only', async () => {
    const { create, toList, toFollowers } = await setUp()
    const broadcast = await create({ id: 'a' })
    broadcast.edit({ title: 'soon' })
    assert.deepEqual(toList, [])

    goLive(broadcast)
    broadcast.edit({ title: 'now' })
    await broadcast.stop()
    broadcast.edit({ title: 'over' })

    assert.deepEqual(toList, ['started a', 'updated a', 'ended a'])
    assert.ok(toFollowers.includes('updated a'))
  })

  test('[LIST4] a broadcast that is no longer public leaves the list, and comes back when it is', async () => {
    const { create, clock, toList, broadcasts } = await setUp()
    const broadcast = await create({ id: 'a' })
    goLive(broadcast)
    clock.advance(500)

    broadcast.edit({ visibility: 'unlisted' })
    clock.advance(500)
    broadcast.edit({ title: 'not for you' })
    clock.advance(500)
    broadcast.edit({ visibility: 'public' })
    assert.deepEqual(toList, ['started a', 'removed a', 'started a'])

    const hidden = await create({ id: 'b', visibility: 'unlisted' })
    goLive(hidden)
    await hidden.stop()
    await broadcasts.remove(hidden)
    assert.ok(!toList.some((told) => told.endsWith(' b')))
  })

  test('[REST12] the last of many updates is told after a pause, and then there is silence', async () => {
    const { create, clock, toFollowers } = await setUp()
    const broadcast = await create({ id: 'a' })
    for (let index = 0; index < 10; index++) broadcast.edit({ title: String(index) })
    assert.deepEqual(toFollowers, ['updated a'])

    clock.advance(500)
    assert.deepEqual(toFollowers, ['updated a', 'updated a'])
    clock.advance(5000)
    assert.equal(toFollowers.length, 2)
  })
})

test('[LIST5] no address takes all places, and who leaves makes room', () => {
  const places = new FollowerPlaces({ perAddress: 2, total: 3 })
  const leave = places.take('192.0.2.1')
  places.take('192.0.2.1')
  assert.throws(() => places.take('192.0.2.1'), { code: 'overloaded' })
  places.take('192.0.2.2')
  assert.throws(() => places.take('192.0.2.3'), { code: 'overloaded' })

  leave()
  places.take('192.0.2.3')
})
