import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { restRig } from '../../test/support/rest-rig.ts'
import type { Visitor } from './visitor.ts'

const someone = (changes: Partial<Visitor> = {}): Visitor => ({
  ...{ address: '192.0.2.7', token: undefined, foreign: false },
  ...changes,
})

async function setUp({ open = false } = {}) {
  const rig = await restRig({ open })
  const { streamKey } = await rig.broadcasts.create({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
  await rig.broadcasts.create({ id: 'concert', ownerId: 'ann' })
  const outcome = (action: Parameters<typeof rig.doorkeeper.enter>[0], id: string, visitor: Visitor) =>
    rig.doorkeeper.enter(action, id, visitor).then(
      () => 'yes',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    )
  return { ...rig, streamKey, outcome }
}

describe('the doorkeeper', () => {
  test('[PERM10] unknown and foreign private ids are answered in the same words, whatever is brought', async () => {
    const { outcome, viewerToken } = await setUp()
    const bob = sessionOf('broadcaster', 'bob')
    const { token } = await viewerToken('concert')
    for (const visitor of [
      someone(),
      someone({ token: 'sk_guess' }),
      someone({ token: 'made.up.token' }),
      someone({ token }),
      someone({ identity: bob }),
      someone({ identity: sessionOf('viewer', 'vera') }),
    ])
      for (const action of ['see', 'watch', 'publish', 'control', 'edit', 'remove', 'share'] as const)
        assert.equal(
          await outcome(action, 'lecture', visitor),
          await outcome(action, 'nobody', visitor),
          action,
        )
  })

  test('[PERM11] a key that is given must be right, in open mode and for its owner too', async () => {
    const { outcome } = await setUp({ open: true })
    assert.match(await outcome('control', 'concert', someone({ token: 'sk_wrong' })), /^unauthenticated/)
    const owner = sessionOf('broadcaster', 'ann')
    assert.match(
      await outcome('edit', 'concert', someone({ token: 'sk_wrong', identity: owner })),
      /^unauthenticated/,
    )
    assert.equal(await outcome('control', 'concert', someone()), 'yes')
  })

  test('[PERM12] a viewer token opens its own broadcast until it expires or is taken back', async () => {
    const { outcome, viewerToken, shares, clock } = await setUp()
    const [first, second] = [await viewerToken('lecture'), await viewerToken('lecture', 60_000)]
    for (const { token } of [first, second])
      assert.equal(await outcome('watch', 'lecture', someone({ token })), 'yes')
    assert.match(await outcome('publish', 'lecture', someone({ token: first.token })), /^not-allowed/)

    await shares.revoke('lecture', first.id)
    clock.advance(60_000)
    for (const { token } of [first, second])
      assert.match(await outcome('watch', 'lecture', someone({ token })), /^token-expired/)
    assert.equal(await outcome('watch', 'concert', someone({ token: first.token })), 'yes')
  })

  test('[PERM13] what cannot be read is refused at the door, and taken to hold for who is inside', async () => {
    const { doorkeeper, viewerToken, shareStore, shares, outcome } = await setUp()
    const { token } = await viewerToken('lecture')
    const grant = await doorkeeper.enter('watch', 'lecture', someone({ token }))

    await shares.setNamed('lecture', []) // what was read is forgotten
    shareStore.failure = new Error('the database is down')
    assert.match(await outcome('watch', 'lecture', someone({ token })), /^overloaded/)
    assert.equal(await doorkeeper.holds(grant), true)
  })

  test('[PERM14] who signs out loses what the sign-in gave, and keeps what a secret gives', async () => {
    const { doorkeeper, authentication, clock, streamKey, viewerToken } = await setUp()
    const identity = sessionOf('broadcaster', 'ann')
    const { token } = await viewerToken('lecture')
    const owner = await doorkeeper.enter('watch', 'lecture', someone({ identity }))
    const guest = await doorkeeper.enter('watch', 'lecture', someone({ identity, token }))
    const publisher = await doorkeeper.enter('publish', 'lecture', someone({ identity, token: streamKey }))

    clock.advance(10)
    authentication.revoke({ personId: 'ann', sessionId: 'session of ann' })

    assert.equal(await doorkeeper.holds(owner), false)
    assert.equal(await doorkeeper.holds(guest), true)
    assert.equal(await doorkeeper.holds(publisher), true)
    clock.advance(10)
    const again = await doorkeeper.enter('watch', 'lecture', someone({ identity }))
    assert.equal(await doorkeeper.holds(again), true, 'a later sign-in is another one')
  })

  test('[PERM15] a stream key holds until it is replaced', async () => {
    const { doorkeeper, broadcasts, streamKey } = await setUp()
    const grant = await doorkeeper.enter('publish', 'lecture', someone({ token: streamKey }))
    assert.equal(await doorkeeper.holds(grant), true)
    await broadcasts.rotateKey(grant.broadcast)
    assert.equal(await doorkeeper.holds(grant), false)
  })
})
