import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { restRig } from '../../test/support/rest-rig.ts'
import { fakeSeal } from '../../test/support/fake-viewer-tokens.ts'
import { LONGEST_STAY } from './revocations.ts'
import type { Visitor } from './visitor.ts'
import { ViewingPasses } from './viewing-passes.ts'

async function setUp() {
  const rig = await restRig({ open: false })
  const { broadcast } = await rig.broadcasts.create({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
  const { broadcast: other } = await rig.broadcasts.create({ id: 'other', visibility: 'private' })
  const process = () => new ViewingPasses({ ...rig, seal: fakeSeal })
  const passes = process()
  async function passFor(brought: Partial<Visitor>): Promise<string> {
    const visitor = { address: '192.0.2.7', token: undefined, foreign: false, ...brought }
    return passes.give(await rig.doorkeeper.enter('watch', 'lecture', visitor))
  }
  return { ...rig, broadcast, other, passes, process, passFor }
}

describe('viewing passes', () => {
  test('[PERM30] a pass lets its player in, to its own broadcast only, and tells players apart', async () => {
    const { passFor, viewerToken, passes, broadcast, other } = await setUp()
    const { token } = await viewerToken('lecture')
    const [one, two] = [await passFor({ token }), await passFor({ token })]

    const entered = await passes.enter(broadcast, one)
    assert.equal(entered?.grant.broadcast, broadcast)
    assert.equal((await passes.enter(broadcast, one))?.viewing, entered?.viewing)
    assert.notEqual((await passes.enter(broadcast, two))?.viewing, entered?.viewing)
    assert.equal(await passes.enter(other, one), undefined)
    for (const wrong of ['', 'made-up', one.slice(1)])
      assert.equal(await passes.enter(broadcast, wrong), undefined)
  })

  test('[PERM31] a pass by a token holds as long as the token, over a restart too', async () => {
    const { passFor, viewerToken, process, broadcast, shares } = await setUp()
    const { id, token } = await viewerToken('lecture')
    const pass = await passFor({ token })
    const later = process()
    assert.ok(await later.enter(broadcast, pass))
    await shares.revoke('lecture', id)
    await assert.rejects(later.enter(broadcast, pass), { code: 'token-expired' })
  })

  test('[PERM32] a pass by an account holds until that is signed out, and for this process only', async () => {
    const { passFor, passes, process, broadcast, authentication, clock } = await setUp()
    const pass = await passFor({ identity: sessionOf('broadcaster', 'ann') })
    assert.ok(await passes.enter(broadcast, pass))
    await assert.rejects(process().enter(broadcast, pass), { code: 'token-expired' })
    clock.advance(1)
    authentication.revoke({ personId: 'ann' })
    await assert.rejects(passes.enter(broadcast, pass), { code: 'token-expired' })
  })

  test('[PERM33] no pass lasts for ever', async () => {
    const { passFor, viewerToken, passes, broadcast, clock } = await setUp()
    const pass = await passFor({ token: (await viewerToken('lecture', 2 * LONGEST_STAY)).token })
    clock.advance(LONGEST_STAY)
    await assert.rejects(passes.enter(broadcast, pass), { code: 'token-expired' })
  })
})
