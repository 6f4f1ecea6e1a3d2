import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import { restRig } from '../../test/support/rest-rig.ts'
import { settled, until } from '../../test/support/webrtc-door.ts'
import type { Visitor } from './visitor.ts'

async function setUp() {
  const rig = await restRig({ open: false })
  const { broadcast } = await rig.broadcasts.create({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
  let sessions = 0
  /** Somebody who came in and stays. */
  async function inside(brought: Partial<Visitor>, id = 'lecture'): Promise<FakeSession> {
    const visitor = { address: '192.0.2.7', token: undefined, foreign: false, ...brought }
    const session = new FakeSession(`session-${++sessions}`, 'whep')
    rig.grants.hold(await rig.watchAccess.enter(id, visitor), session)
    return session
  }
  return { ...rig, broadcast, inside }
}

describe('grants', () => {
  test('[PERM20] whoever watches by a token is sent away when it is taken back, and nobody else', async () => {
    const { inside, viewerToken, shares, grants } = await setUp()
    const [mine, other] = [await viewerToken('lecture'), await viewerToken('lecture')]
    const [gone, stays] = [await inside({ token: mine.token }), await inside({ token: other.token })]

    await shares.revoke('lecture', mine.id)
    await until(() => gone.closedWith.length > 0)

    assert.deepEqual([gone.closedWith, stays.closedWith], [['kicked'], []])
    await until(() => grants.size === 1)
  })

  test('[PERM21] who watches when a token expires is sent away within seconds', async () => {
    const { inside, viewerToken, clock } = await setUp()
    const gone = await inside({ token: (await viewerToken('lecture', 60_000)).token })
    clock.advance(59_000)
    await settled()
    assert.deepEqual(gone.closedWith, [])
    clock.advance(3_000)
    await until(() => gone.closedWith.length > 0)
  })

  test('[PERM22] named accounts are sent away when they are named no more', async () => {
    const { inside, shares } = await setUp()
    await shares.setNamed('lecture', ['vera', 'emil'])
    const [gone, stays] = [
      await inside({ identity: sessionOf('viewer', 'vera') }),
      await inside({ identity: sessionOf('viewer', 'emil') }),
    ]
    await shares.setNamed('lecture', ['emil'])
    await until(() => gone.closedWith.length > 0)
    assert.deepEqual(stays.closedWith, [])
  })

  test('[PERM23] whoever is signed out or disabled is sent away, from every broadcast', async () => {
    const { inside, authentication, broadcasts, clock } = await setUp()
    await broadcasts.create({ id: 'other', visibility: 'private', ownerId: 'ann' })
    const ann = { identity: sessionOf('broadcaster', 'ann') }
    const [here, there] = [await inside(ann), await inside(ann, 'other')]
    const admin = await inside({ identity: sessionOf('admin') })
    clock.advance(1)
    authentication.revoke({ personId: 'ann' })
    await until(() => here.closedWith.length > 0 && there.closedWith.length > 0)
    assert.deepEqual(admin.closedWith, [])
  })

  test('[PERM24] a broadcast that becomes private is left by those who may not watch it', async () => {
    const { inside, broadcast, viewerToken } = await setUp()
    broadcast.edit({ visibility: 'public' })
    const { token } = await viewerToken('lecture')
    const [stranger, guest] = [await inside({}), await inside({ token })]
    broadcast.edit({ visibility: 'private' })
    await until(() => stranger.closedWith.length > 0)
    assert.deepEqual(guest.closedWith, [])
  })

  test('[PERM26] what another process took back is noticed within seconds', async () => {
    const { inside, authentication, clock } = await setUp()
    const ann = sessionOf('broadcaster', 'ann')
    const session = await inside({ identity: ann })
    clock.advance(4000)
    await settled()
    assert.deepEqual(session.closedWith, [])
    authentication.forgotten.add('ann')
    clock.advance(4000)
    await until(() => session.closedWith.length > 0)
  })

  test('[PERM27] who may broadcast no more takes the stream keys along, and whoever publishes by them', async () => {
    const { publishAccess, grants, broadcasts, authentication, clock } = await setUp()
    const { streamKey: token } = await broadcasts.create({ id: 'show', ownerId: 'ann' })
    const visitor = { address: '192.0.2.7', token, foreign: false }
    const session = new FakeSession('publisher')
    grants.hold(await publishAccess.enter('show', visitor), session)
    clock.advance(1)
    authentication.forgotten.add('ann')
    authentication.revoke({ personId: 'ann' })
    await until(() => session.closedWith.length > 0)
    await assert.rejects(publishAccess.enter('show', visitor), { code: 'unauthenticated' })
  })

  test('[PERM25] what is over is held no longer', async () => {
    const { inside, grants, viewerToken } = await setUp()
    const session = await inside({ token: (await viewerToken('lecture')).token })
    assert.equal(grants.size, 1)
    await session.close('ended')
    await settled()
    assert.equal(grants.size, 0)
  })
})
