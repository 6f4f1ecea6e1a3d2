import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accessRig } from '../../test/support/access-rig.ts'
import { broadcastsRig } from '../../test/support/broadcasts-rig.ts'
import { AuthorisationHook, type HookAction, type HookQuestion } from './authorisation-hook.ts'
import { personIdOf } from './doorkeeper.ts'
import type { BroadcastError } from './errors.ts'
import type { Visitor } from './visitor.ts'

const stranger: Visitor = { address: '192.0.2.7', token: undefined, foreign: false, door: 'whep' }
const withToken: Visitor = { ...stranger, token: 'letmein' }
const refused = (code: string) => (error: BroadcastError) => error.code === code

async function setUp({
  open = false,
  actions = ['publish', 'watch'],
}: { open?: boolean; actions?: HookAction[] } = {}) {
  const rig = await broadcastsRig()
  const asked: HookQuestion[] = []
  const ask = async (question: HookQuestion) => {
    asked.push(question)
    return { allowed: question.token === 'letmein', person: { id: '42', name: 'Ada' } }
  }
  const hook = new AuthorisationHook({
    ...rig,
    ...(actions.includes('publish') && { publish: ask }),
    ...(actions.includes('watch') && { watch: ask }),
  })
  const access = accessRig({ ...rig, open, hook })
  const { broadcast, streamKey } = await rig.broadcasts.create({ id: 'lecture' })
  await rig.broadcasts.create({ id: 'secret', visibility: 'private' })
  return { ...rig, ...access, asked, broadcast, streamKey }
}

describe('access with an authorisation hook', () => {
  test('[AH10] the watch hook alone decides who watches, what is public and what is private', async () => {
    for (const open of [false, true]) {
      const { watchAccess, asked } = await setUp({ open })
      for (const id of ['lecture', 'secret']) {
        assert.equal((await watchAccess.enter(id, withToken)).broadcast.id, id)
        await assert.rejects(watchAccess.enter(id, stranger), refused('unauthenticated'))
        await assert.rejects(watchAccess.enter(id, { ...stranger, token: 'wrong' }), refused('not-allowed'))
      }
      await assert.rejects(watchAccess.enter('nothing', stranger), refused('unauthenticated'))
      await assert.rejects(watchAccess.enter('nothing', withToken), refused('broadcast-not-found'))
      assert.ok(asked.every(({ door, action }) => door === 'whep' && action === 'watch'))
    }
  })

  test('[AH11] the publish hook alone decides who publishes, and what it allows is created where need be', async () => {
    for (const open of [false, true]) {
      const { publishAccess, broadcasts, streamKey } = await setUp({ open })
      assert.equal((await publishAccess.enter('lecture', withToken)).broadcast.id, 'lecture')
      await assert.rejects(
        publishAccess.enter('lecture', { ...stranger, token: streamKey }),
        refused('not-allowed'),
      )
      await assert.rejects(publishAccess.enter('new', stranger), refused('unauthenticated'))
      await assert.rejects(publishAccess.assertMayPublish('new', stranger), refused('unauthenticated'))
      assert.equal(await broadcasts.find('new'), undefined)

      await publishAccess.assertMayPublish('new', withToken)
      assert.equal((await publishAccess.enter('new', withToken)).broadcast.id, 'new')
      await assert.rejects(publishAccess.enter('not an id', withToken), refused('bad-id'))
    }
  })

  test('[AH12] what belongs to watching and publishing comes along, and nothing else', async () => {
    const { watchAccess, rights } = await setUp()
    assert.equal((await watchAccess.see('secret', withToken)).broadcast.id, 'secret')
    await assert.rejects(watchAccess.see('secret', stranger), refused('broadcast-not-found'))
    assert.equal((await watchAccess.see('lecture', stranger)).broadcast.id, 'lecture')
    assert.equal((await rights.enter('control', 'lecture', withToken)).id, 'lecture')
    for (const action of ['edit', 'remove', 'rotate-key', 'share'] as const)
      await assert.rejects(rights.enter(action, 'lecture', withToken), refused('unauthenticated'), action)
  })

  test('[AH13] with one of the two hooks the other right is as without', async () => {
    const { watchAccess, publishAccess, streamKey } = await setUp({ actions: ['watch'] })
    await publishAccess.enter('lecture', { ...stranger, token: streamKey })
    await assert.rejects(publishAccess.enter('lecture', withToken), refused('unauthenticated'))
    await assert.rejects(watchAccess.enter('lecture', stranger), refused('unauthenticated'))

    const other = await setUp({ actions: ['publish'] })
    assert.equal((await other.watchAccess.enter('lecture', stranger)).broadcast.id, 'lecture')
  })

  test('[AH14] a player is asked about once; its addresses then carry a pass, of public broadcasts too', async () => {
    const { watchAccess, asked, clock } = await setUp()
    for (const id of ['lecture', 'secret']) {
      const first = await watchAccess.enterPlayer(id, withToken)
      const pass = watchAccess.passFor(first)
      assert.ok(pass !== undefined && first.isPrivate)
      const before = asked.length
      clock.advance(60_000)
      const next = await watchAccess.enterPlayer(id, { ...stranger, pass })
      assert.deepEqual([next.grant.broadcast.id, next.isPrivate], [id, true])
      assert.equal(asked.length, before)
      await assert.rejects(watchAccess.enterPlayer(id, stranger), refused('unauthenticated'))
    }
  })

  test('[AH15] whoever was let in stays, and is known by who it is over there', async () => {
    const { watchAccess, broadcast, clock, doorkeeper } = await setUp()
    const grant = await watchAccess.enter('lecture', withToken)
    assert.equal(personIdOf(grant), '42')
    clock.advance(600_000)
    broadcast.edit({ visibility: 'private' })
    assert.equal(await doorkeeper.holds(grant), true)
  })
})
