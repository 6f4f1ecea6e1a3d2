import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeBroadcastStore } from '../../../test/support/fake-broadcast-store.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { FakeSecrets } from '../../../test/support/fake-secrets.ts'
import { nalUnits, PARAMETER_SETS } from '../../../test/support/packaging-rig.ts'
import { Broadcasts, type BroadcastsEvents } from '../broadcasts.ts'
import type { Delivery } from '../broadcast-store.ts'
import { Emitter } from '../emitter.ts'
import { Feeds } from '../feeds.ts'
import { LivePackages, type PackageConsumer } from './live-packages.ts'
import type { Rendition } from './rendition.ts'

/** Remembers what it is told, and of which broadcast. */
class FakeConsumer {
  readonly facts: string[] = []
  readonly renditions: Rendition[] = []

  readonly consume: PackageConsumer = ({ id }) => ({
    renditionAdded: (rendition) => {
      this.facts.push(`${id} has ${rendition.id}`)
      this.renditions.push(rendition)
    },
    renditionsChanged: (renditions) => this.facts.push(`${id} sends ${renditions.length}`),
    ended: () => this.facts.push(`${id} ended`),
  })
}

async function setUp(consumers: readonly PackageConsumer[]) {
  const clock = new FakeClock()
  const logger = new FakeLogger()
  const feeds = new Feeds()
  const broadcasts = new Emitter<BroadcastsEvents>((error) => assert.fail(String(error)))
  const brought: string[] = []
  const packages = new LivePackages({
    ...{ broadcasts, feeds, clock, logger, consumers },
    ...{ partTarget: 0.25, segmentDuration: 2, targetDuration: 4 },
    bring: (id) => {
      brought.push(id)
      return () => brought.splice(brought.indexOf(id), 1)
    },
  })
  const known = await Broadcasts.open({
    ...{ store: new FakeBroadcastStore(), secrets: new FakeSecrets(), clock, logger },
    reconnectGrace: 30_000,
  })
  const tell = async (fact: 'started' | 'ended' | 'removed', id: string, delivery: Delivery = 'sfu') => {
    const broadcast = await known.get(id).catch(async () => (await known.create({ id, delivery })).broadcast)
    broadcasts.emit(fact, { broadcast })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const publish = (id: string) => {
    const info = { kind: 'video', codec: 'H264', clockRate: 90_000, layers: [{ rid: '' }] } as const
    const [track] = feeds.ensure(id).publish({ requestKeyFrame: () => undefined }, [info])
    for (let frame = 0; frame < 60; frame++) {
      clock.advance(33)
      const slice = Buffer.from([frame === 0 ? 0x65 : 0x41, 1, 2, 3])
      track?.layers[0]?.writeUnit({
        ...{ timestamp: frame * 3000, keyFrame: frame === 0, afterLoss: false },
        data: frame === 0 ? nalUnits(...PARAMETER_SETS.small, slice) : nalUnits(slice),
      })
    }
  }
  return { packages, tell, brought, feeds, publish, logger }
}

describe('packages of live broadcasts', () => {
  test('[PK31] a run is packaged once for everybody, until it ends', async () => {
    const [one, other] = [new FakeConsumer(), new FakeConsumer()]
    const { packages, tell, brought, publish } = await setUp([one.consume, other.consume])
    await tell('started', 'lecture')
    assert.deepEqual(brought, ['lecture'])
    assert.equal(packages.size, 1)
    publish('lecture')
    await tell('ended', 'lecture')

    assert.deepEqual(one.facts, ['lecture has v0', 'lecture sends 1', 'lecture ended'])
    assert.deepEqual(other.facts, one.facts)
    assert.equal(one.renditions[0], other.renditions[0])
    assert.deepEqual(brought, [])
    assert.equal(packages.size, 0)
  })

  test('[PK31] another run begins with another packager', async () => {
    const consumer = new FakeConsumer()
    const { packages, tell, publish } = await setUp([consumer.consume])
    for (const _ of [1, 2]) {
      await tell('started', 'lecture')
      publish('lecture')
    }
    await tell('removed', 'lecture')

    assert.equal(new Set(consumer.renditions).size, 2)
    assert.equal(consumer.facts.filter((fact) => fact.endsWith('ended')).length, 2)
    assert.equal(packages.size, 0)
  })

  test('[PK31] nothing is brought for peer-to-peer broadcasts, or if nobody wants it', async () => {
    const { packages, tell, brought } = await setUp([new FakeConsumer().consume])
    await tell('started', 'meeting', 'p2p')
    const unwanted = await setUp([() => undefined])
    await unwanted.tell('started', 'lecture')

    assert.deepEqual([...brought, ...unwanted.brought], [])
    assert.equal(packages.size + unwanted.packages.size, 0)
  })

  test('[PK31] closing ends every run, and no other begins', async () => {
    const consumer = new FakeConsumer()
    const { packages, tell, brought } = await setUp([consumer.consume])
    await tell('started', 'one')
    await tell('started', 'two')
    packages.close()
    await tell('started', 'three')

    assert.deepEqual(consumer.facts, ['one ended', 'two ended'])
    assert.deepEqual(brought, [])
  })

  test('[PK32] one who fails is logged, and the others hear everything', async () => {
    const consumer = new FakeConsumer()
    const fail = () => assert.fail('no more room')
    const failing: PackageConsumer = () => ({ renditionAdded: fail, renditionsChanged: fail, ended: fail })
    const { tell, publish, logger } = await setUp([failing, consumer.consume])
    await tell('started', 'lecture')
    publish('lecture')
    await tell('ended', 'lecture')

    assert.deepEqual(consumer.facts, ['lecture has v0', 'lecture sends 1', 'lecture ended'])
    assert.equal(logger.lines.filter(({ level }) => level === 'error').length, 3)
  })
})
