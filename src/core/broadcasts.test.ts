import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeBroadcastStore } from '../../test/support/fake-broadcast-store.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { FakeSecrets } from '../../test/support/fake-secrets.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import type { Broadcast } from './broadcast.ts'
import { BroadcastError } from './errors.ts'
import { Broadcasts } from './broadcasts.ts'

async function setUp() {
  const store = new FakeBroadcastStore()
  const clock = new FakeClock()
  const logger = new FakeLogger()
  const secrets = new FakeSecrets()
  const open = () => Broadcasts.open({ store, secrets, clock, logger, reconnectGrace: 30_000 })
  return { broadcasts: await open(), store, clock, logger, open }
}

function goLive(broadcast: Broadcast): FakeSession {
  const publisher = new FakeSession('publisher')
  broadcast.attachPublisher(publisher)
  broadcast.publisherConnected(publisher)
  return publisher
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('Broadcasts', () => {
  test('[BC20] a new broadcast has an id and a key, of which the hash is kept', async () => {
    const { broadcasts, store } = await setUp()
    const created: string[] = []
    broadcasts.on('created', ({ broadcast }) => created.push(broadcast.id))

    const { broadcast, streamKey } = await broadcasts.create({ title: 'Algebra' })

    assert.deepEqual(created, [broadcast.id])
    assert.notEqual(streamKey, broadcast.id)
    assert.equal(store.records.get(broadcast.id)?.keyHash, `hash of ${streamKey}`)
    assert.equal(store.records.get(broadcast.id)?.title, 'Algebra')
    assert.equal(await broadcasts.authorize(broadcast.id, streamKey), broadcast)
  })

  test('[BC21] an id has a shape and is taken once', async () => {
    const { broadcasts } = await setUp()
    for (const id of ['', 'a b', 'ä', '../x', 'a'.repeat(65)])
      await assert.rejects(broadcasts.create({ id }), { code: 'bad-id' }, id)

    await broadcasts.create({ id: 'Room_1-a' })

    await assert.rejects(broadcasts.create({ id: 'Room_1-a' }), { code: 'broadcast-exists' })
  })

  test('[BC22] one id is one object', async () => {
    const { broadcasts, open } = await setUp()
    await broadcasts.create({ id: 'lecture' })
    const restarted = await open()

    const [first, second] = await Promise.all([restarted.find('lecture'), restarted.find('lecture')])
    const listed = await restarted.list({ offset: 0, limit: 10 })

    assert.ok(first)
    assert.equal(first, second)
    assert.equal(listed.broadcasts[0], first)
  })

  test('[BC23] an unknown id and a wrong key sound the same', async () => {
    const { broadcasts } = await setUp()
    await broadcasts.create({ id: 'lecture' })
    const refusals = await Promise.allSettled([
      broadcasts.authorize('lecture', 'wrong'),
      broadcasts.authorize('unknown', 'wrong'),
      broadcasts.authorize('not an id', 'wrong'),
    ])

    const messages = refusals.map((refusal) => refusal.status === 'rejected' && String(refusal.reason))
    assert.equal(new Set(messages).size, 1)
    await assert.rejects(broadcasts.authorize('unknown', 'wrong'), { code: 'unauthenticated' })
    assert.equal(await broadcasts.find('unknown'), undefined)
    await assert.rejects(broadcasts.get('unknown'), { code: 'broadcast-not-found' })
  })

  test('[BC24] a rotated key replaces the old one, also after a restart', async () => {
    const { broadcasts, open } = await setUp()
    const { broadcast, streamKey } = await broadcasts.create({})
    const publisher = goLive(broadcast)

    const newKey = await broadcasts.rotateKey(broadcast)

    assert.deepEqual(publisher.closedWith, ['kicked'])
    await assert.rejects(broadcasts.authorize(broadcast.id, streamKey), { code: 'unauthenticated' })
    const restarted = await open()
    assert.equal((await restarted.authorize(broadcast.id, newKey)).id, broadcast.id)
  })

  test('[BC25] a key that cannot be stored is not handed out', async () => {
    const { broadcasts, store, clock, open } = await setUp()
    const { broadcast, streamKey } = await broadcasts.create({})
    store.failure = new Error('disk full')

    await assert.rejects(broadcasts.rotateKey(broadcast), { code: 'overloaded' })

    store.failure = undefined
    clock.advance(1000)
    await settled()
    assert.equal(await broadcasts.authorize(broadcast.id, streamKey), broadcast)
    assert.ok(await (await open()).authorize(broadcast.id, streamKey))
  })

  test('[BC26] viewers are not written to the store', async () => {
    const { broadcasts, store } = await setUp()
    const { broadcast } = await broadcasts.create({})
    goLive(broadcast)
    await settled()
    assert.deepEqual(
      store.updates.map(({ state }) => state),
      ['live'],
    )

    for (let i = 0; i < 20; i++) broadcast.addViewer(new FakeSession(`viewer ${i}`, 'whep'))
    await settled()

    assert.equal(store.updates.length, 1)
  })

  test('[BC27] what a failing store missed is written when it is back', async () => {
    const { broadcasts, store, clock, logger } = await setUp()
    const { broadcast } = await broadcasts.create({})
    const other = await broadcasts.create({})
    store.failure = new Error('database down')
    goLive(broadcast)
    other.broadcast.edit({ title: 'Later' })
    await settled()
    for (let second = 0; second < 60; second++) {
      clock.advance(1000)
      await settled()
    }
    assert.equal(broadcast.state, 'live')
    assert.equal(store.records.get(broadcast.id)?.state, 'created')
    assert.ok(logger.lines.some(({ level }) => level === 'error'))

    store.failure = undefined
    clock.advance(1000)
    await settled()

    assert.equal(store.records.get(broadcast.id)?.state, 'live')
    assert.equal(store.records.get(other.broadcast.id)?.title, 'Later')
    assert.equal(clock.pending, 0)
  })

  test('[BC28] after a restart the interrupted has ended and its key works', async () => {
    const { broadcasts, clock, logger, open } = await setUp()
    const { broadcast, streamKey } = await broadcasts.create({})
    goLive(broadcast)
    await settled()
    clock.advance(5000)

    const restarted = await open()

    const found = await restarted.authorize(broadcast.id, streamKey)
    assert.equal(found.state, 'ended')
    assert.equal(found.record.endedAt, clock.now())
    assert.ok(logger.lines.some(({ level }) => level === 'warn'))
    goLive(found)
    assert.equal(found.state, 'live')
  })

  test('[BC29] a shutdown ends what runs and nothing else', async () => {
    const { broadcasts, store, clock } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'running' })
    const publisher = goLive(broadcast)
    const planned = await broadcasts.create({ id: 'planned' })
    const connecting = new FakeSession('connecting')
    planned.broadcast.attachPublisher(connecting)

    await broadcasts.close()

    assert.deepEqual(publisher.closedWith, ['shutdown'])
    assert.deepEqual(connecting.closedWith, ['shutdown'])
    assert.equal(store.records.get('running')?.state, 'ended')
    assert.equal(store.records.get('planned')?.state, 'created')
    assert.equal(clock.pending, 0)
  })

  test('[BC30] a removed broadcast is gone for everybody', async () => {
    const { broadcasts, store } = await setUp()
    const { broadcast, streamKey } = await broadcasts.create({ id: 'lecture' })
    const publisher = goLive(broadcast)
    const removed: string[] = []
    broadcasts.on('removed', ({ broadcast: { id } }) => removed.push(id))
    await settled()

    const removing = broadcasts.remove(broadcast)
    const foundMeanwhile = await broadcasts.find('lecture')
    await removing

    assert.equal(foundMeanwhile, undefined)
    assert.deepEqual(publisher.closedWith, ['kicked'])
    assert.deepEqual(removed, ['lecture'])
    assert.equal(store.records.size, 0)
    assert.equal(await broadcasts.find('lecture'), undefined)
    await assert.rejects(broadcasts.authorize('lecture', streamKey), { code: 'unauthenticated' })
    assert.throws(() => broadcast.attachPublisher(new FakeSession('late')), { code: 'broadcast-not-found' })
  })

  test('[BC30] a list asked for before the removal does not bring it back', async () => {
    const { broadcasts, store } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'lecture' })
    const gate = Promise.withResolvers<undefined>()
    store.gate = gate.promise
    const listing = broadcasts.list({ offset: 0, limit: 10 })
    await settled()
    store.gate = undefined
    await broadcasts.remove(broadcast)
    gate.resolve(undefined)

    assert.deepEqual((await listing).broadcasts, [])
    assert.equal(await broadcasts.find('lecture'), undefined)
    assert.ok(await broadcasts.create({ id: 'lecture' }))
  })

  test('[BC31] the least recently asked for are forgotten, those in use are not', async () => {
    const { broadcasts } = await setUp()
    const { broadcast: used } = await broadcasts.create({ id: 'used' })
    goLive(used)
    const { broadcast: oldest } = await broadcasts.create({ id: 'oldest' })
    const { broadcast: popular } = await broadcasts.create({ id: 'popular' })
    for (let i = 0; i < 1990; i++) await broadcasts.create({ id: `other-${i}` })
    await broadcasts.find('popular')

    for (let i = 0; i < 20; i++) await broadcasts.create({ id: `newest-${i}` })

    assert.equal(await broadcasts.find('used'), used)
    assert.equal(await broadcasts.find('popular'), popular)
    assert.notEqual(await broadcasts.find('oldest'), oldest)
  })

  test('[BC34] of those that are over, the last hundred keep their picture', async () => {
    const { broadcasts } = await setUp()
    const all: Broadcast[] = []
    for (let i = 0; i < 102; i++) {
      const { broadcast } = await broadcasts.create({ id: `number-${i}` })
      broadcast.setThumbnail(Uint8Array.of(i))
      all.push(broadcast)
    }
    const [first, second, ...others] = all
    assert.ok(first && second)
    await first.stop()
    goLive(first) // again
    for (const broadcast of [second, ...others]) await broadcast.stop()

    assert.ok(first.thumbnail)
    assert.equal(second.thumbnail, undefined)
    assert.ok(others.every(({ thumbnail }) => thumbnail))
    second.setThumbnail(Uint8Array.of(7))
    assert.equal(broadcasts.loaded('number-1')?.thumbnail?.version, 2)
  })

  test('[BC33] while the store cannot be asked, what is on air is listed all the same', async () => {
    const { broadcasts, clock, store } = await setUp()
    for (const id of ['older', 'newer', 'waiting']) {
      clock.advance(1)
      const { broadcast } = await broadcasts.create({ id, visibility: 'public' })
      if (id !== 'waiting') goLive(broadcast)
    }
    goLive((await broadcasts.create({ visibility: 'unlisted' })).broadcast)
    store.failure = new BroadcastError('overloaded', 'the database is down')
    const page = { offset: 0, limit: 1 }

    const { broadcasts: listed, total } = await broadcasts.list({
      states: ['live', 'reconnecting'],
      visibility: 'public',
      ...page,
    })

    assert.deepEqual([listed.map(({ id }) => id), total], [['newer'], 2])
    await assert.rejects(broadcasts.list({ states: ['live', 'ended'], ...page }), { code: 'overloaded' })
    await assert.rejects(broadcasts.list(page), { code: 'overloaded' })
  })

  test('[BC32] a list is in order of creation, and up to date', async () => {
    const { broadcasts, clock } = await setUp()
    const { broadcast: first } = await broadcasts.create({ id: 'first' })
    clock.advance(1)
    await broadcasts.create({ id: 'second', visibility: 'unlisted' })
    clock.advance(1)
    await broadcasts.create({ id: 'third' })
    goLive(first)

    const all = await broadcasts.list({ offset: 0, limit: 2 })
    const live = await broadcasts.list({ states: ['live'], visibility: 'public', offset: 0, limit: 2 })

    assert.deepEqual(
      all.broadcasts.map(({ id }) => id),
      ['third', 'second'],
    )
    assert.equal(all.total, 3)
    assert.deepEqual(live.broadcasts, [first])
  })
})
