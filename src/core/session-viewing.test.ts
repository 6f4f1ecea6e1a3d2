import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broadcastsRig } from '../../test/support/broadcasts-rig.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import { SessionViewing } from './session-viewing.ts'

test('[WL14] whoever watches through a session is named by their account, where they have one', async () => {
  const { broadcasts } = await broadcastsRig()
  const { broadcast } = await broadcasts.create({ id: 'lecture' })
  const record = (userId: string | undefined) =>
    new SessionViewing('v', {
      ...{ broadcast, address: '192.0.2.7', now: 0 },
      session: Object.assign(new FakeSession('s', 'whep'), { userId }),
    }).record(5)
  const named = record('ann')
  assert.deepEqual([named.userId, named.authenticated], ['ann', true])
  const anonymous = record(undefined)
  assert.deepEqual([anonymous.userId, anonymous.authenticated], [null, false])
})
