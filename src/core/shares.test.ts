import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { restRig } from '../../test/support/rest-rig.ts'
import { settled } from '../../test/support/webrtc-door.ts'

async function setUp() {
  const rig = await restRig({ open: false })
  const { broadcast } = await rig.broadcasts.create({ id: 'lecture', visibility: 'private' })
  const changed: string[] = []
  rig.shares.on('changed', ({ broadcastId }) => changed.push(broadcastId))
  return { ...rig, broadcast, changed }
}

describe('shares', () => {
  test('[PERM40] a token is told once; what is kept of it does not contain it', async () => {
    const { shares, shareStore, changed } = await setUp()
    const lasts = 60_500
    const { record, token } = await shares.add({
      broadcastId: 'lecture',
      name: 'Ann',
      createdBy: 'bob',
      lasts,
    })

    assert.equal(record.expiresAt - record.createdAt, 60_000, 'tokens know whole seconds')
    assert.deepEqual(await shares.tokens('lecture'), [record])
    assert.ok(!JSON.stringify([...shareStore.tokens.values()]).includes(token))
    assert.deepEqual(changed, ['lecture'])
  })

  test('[PERM41] what was taken back or has expired is listed no longer, and removed in time', async () => {
    const { shares, shareStore, viewerToken, clock } = await setUp()
    const revoked = await viewerToken('lecture')
    await viewerToken('lecture', 60_000)
    await shares.revoke('lecture', revoked.id)
    clock.advance(60_000)
    assert.deepEqual(await shares.tokens('lecture'), [])
    clock.advance(3_600_000)
    await settled()
    assert.equal(shareStore.tokens.size, 0)
  })

  test('[PERM42] nobody can fill the database with tokens', async () => {
    const { viewerToken } = await setUp()
    for (let count = 0; count < 1000; count++) await viewerToken('lecture')
    await assert.rejects(viewerToken('lecture'), { code: 'too-many-requests' })
  })

  test('[PERM43] a broadcast that is removed takes its shares along', async () => {
    const { shares, shareStore, viewerToken, broadcasts, broadcast } = await setUp()
    await viewerToken('lecture')
    await shares.setNamed('lecture', ['vera'])
    await broadcasts.remove(broadcast)
    await settled()
    assert.equal(shareStore.tokens.size + shareStore.viewers.size, 0)
  })

  test('[PERM44] a store that fails is told, and nothing is remembered of it', async () => {
    const { shares, shareStore, viewerToken } = await setUp()
    shareStore.failure = new Error('down')
    await assert.rejects(shares.of('lecture'), { code: 'overloaded' })
    await assert.rejects(shares.setNamed('lecture', ['vera']), { code: 'overloaded' })
    shareStore.failure = undefined
    assert.equal((await shares.of('lecture')).named.size, 0)
    assert.ok(await viewerToken('lecture'))
  })
})
