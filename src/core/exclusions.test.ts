import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeSecrets } from '../../test/support/fake-secrets.ts'
import { type Excluded, Exclusions, type Newcomer } from './exclusions.ts'

const MINUTE = 60_000
const EVE: Excluded = { broadcastId: 'lecture', userId: null, address: '192.0.2.7' }

function setUp() {
  const clock = new FakeClock()
  const watching = new Set<string>()
  const exclusions = new Exclusions({
    clock,
    secrets: new FakeSecrets(),
    isWatching: (broadcastId, session) => watching.has(`${broadcastId} ${session}`),
  })
  const mayWatch = (newcomer: Partial<Newcomer> = {}, broadcastId = 'lecture') => {
    try {
      const somebody = { userId: undefined, address: '192.0.2.7', session: undefined }
      exclusions.assertMayWatch(broadcastId, { ...somebody, ...newcomer })
      return true
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'kicked')
      return false
    }
  }
  return { clock, watching, exclusions, mayWatch }
}

describe('those who were sent away', () => {
  test('[AD41] stay away from this broadcast for their time, and then come back', () => {
    const { clock, exclusions, mayWatch } = setUp()
    exclusions.excludeViewer(EVE, 10 * MINUTE)
    assert.deepEqual([mayWatch(), mayWatch({}, 'concert')], [false, true])
    assert.throws(
      () => exclusions.assertMayWatch('lecture', { userId: undefined, address: '192.0.2.7', session: '' }),
      { code: 'kicked', retryAfter: 600 },
    )
    clock.advance(10 * MINUTE)
    assert.equal(mayWatch(), true)
    assert.deepEqual(exclusions.of('lecture'), [])
  })

  test('[AD42] are known by their account wherever they are, and without one by their address', () => {
    const { exclusions, mayWatch } = setUp()
    exclusions.excludeViewer({ ...EVE, userId: 'eve' }, MINUTE)
    assert.equal(mayWatch({ userId: 'eve', address: '198.51.100.1' }), false)
    assert.equal(mayWatch({ userId: 'ann' }), true, 'another account at the same address')
    assert.equal(mayWatch(), false, 'signed out, at the same address')
    assert.equal(mayWatch({ address: '::ffff:192.0.2.7' }), false)
    exclusions.excludeViewer({ ...EVE, address: '2001:db8::7' }, MINUTE)
    assert.equal(mayWatch({ address: '2001:db8::8' }), false, 'the same customer')
  })

  test('[AD43] a player that is inside stays, whoever was at its address', () => {
    const { watching, exclusions, mayWatch } = setUp()
    watching.add('lecture neighbour')
    exclusions.excludeViewer(EVE, MINUTE)
    assert.equal(mayWatch({ session: 'neighbour' }), true)
    assert.equal(mayWatch({ session: 'another' }), false)
    exclusions.excludeViewer({ ...EVE, userId: 'eve' }, MINUTE)
    assert.equal(mayWatch({ userId: 'eve', session: 'neighbour' }), false)
  })

  test('[AD44] are let in again, and are forgotten with the broadcast; no time at all is none', () => {
    const { exclusions, mayWatch } = setUp()
    exclusions.excludeViewer(EVE, 0)
    assert.equal(mayWatch(), true)
    exclusions.excludeViewer(EVE, MINUTE)
    const id = exclusions.of('lecture')[0]?.id ?? ''
    exclusions.lift('concert', id)
    assert.equal(mayWatch(), false)
    exclusions.lift('lecture', id)
    assert.equal(mayWatch(), true)
    exclusions.excludePublisher('lecture', MINUTE)
    assert.throws(() => exclusions.assertMayPublish('lecture'), { code: 'kicked' })
    exclusions.assertMayPublish('concert')
    assert.equal(mayWatch(), true)
    exclusions.forget('lecture')
    exclusions.assertMayPublish('lecture')
  })
})
