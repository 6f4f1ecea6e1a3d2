import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keyOf, sessionOf } from '../../test/support/fake-authentication.ts'
import type { Visibility } from './broadcast-store.ts'
import { type Action, type Asker, decide, PERMISSIONS, type Subject, whileUnknown } from './permissions.ts'

const STRANGER: Asker = { open: false, foreign: false }
const OPEN: Asker = { open: true, foreign: false }
const as = (identity: Asker['identity']): Asker => ({ ...STRANGER, identity })
const ANN = as(sessionOf('broadcaster', 'ann'))
const BOB = as(sessionOf('broadcaster', 'bob'))
const VERA = as(sessionOf('viewer', 'vera'))
const ADMIN = as(sessionOf('admin'))
const GUEST: Asker = { ...STRANGER, brings: 'viewer-token' }
const PUBLISHER: Asker = { ...STRANGER, brings: 'stream-key' }

const ofAnn = (visibility: Visibility, named: string[] = []): Subject => ({
  ...{ visibility, ownerId: 'ann', named: new Set(named) },
})
const OWNERS_ONLY: readonly Action[] = [
  'edit',
  'remove',
  'rotate-key',
  'share',
  'remove-recording',
  'see-audience',
]

describe('permissions', () => {
  test('[PERM1] its owner and administrators do everything with a broadcast; others change nothing of it', () => {
    for (const action of [...OWNERS_ONLY, 'publish', 'control'] as const) {
      for (const asker of [ANN, ADMIN, OPEN]) assert.equal(decide(action, asker, ofAnn('public')), 'yes')
      assert.equal(decide(action, STRANGER, ofAnn('public')), 'unauthenticated')
      for (const asker of [BOB, VERA, GUEST])
        assert.equal(decide(action, asker, ofAnn('public')), 'not-allowed')
    }
  })

  test('[PERM2] a stream key publishes, controls that, and shows what is published; no more', () => {
    for (const action of ['publish', 'control', 'see'] as const)
      assert.equal(decide(action, PUBLISHER, ofAnn('private')), 'yes', action)
    for (const action of [...OWNERS_ONLY, 'watch'] as const)
      assert.equal(decide(action, PUBLISHER, ofAnn('private')), 'not-allowed', action)
  })

  test('[PERM3] public and unlisted broadcasts are for everybody who knows them', () => {
    for (const visibility of ['public', 'unlisted'] as const)
      for (const asker of [STRANGER, BOB, GUEST, OPEN])
        for (const action of ['see', 'watch'] as const)
          assert.equal(decide(action, asker, ofAnn(visibility)), 'yes')
  })

  test('[PERM4] a private one is for its owner, administrators, named accounts and holders of a token', () => {
    for (const asker of [ANN, ADMIN, OPEN, GUEST])
      assert.equal(decide('watch', asker, ofAnn('private')), 'yes')
    assert.equal(decide('watch', VERA, ofAnn('private', ['vera'])), 'yes')
    for (const asker of [STRANGER, BOB, VERA])
      assert.equal(decide('watch', asker, ofAnn('private', ['eve'])), 'unknown')
  })

  test('[PERM5] whoever may not know of a private broadcast hears the same as for none', () => {
    for (const action of Object.keys(PERMISSIONS) as Action[])
      for (const asker of [STRANGER, BOB, VERA, { ...OPEN, foreign: true }]) {
        const verdict = decide(action, asker, ofAnn('private'))
        if (verdict !== 'yes') assert.equal(verdict, whileUnknown(action, asker), action)
      }
    assert.equal(decide('edit', as(sessionOf('viewer', 'vera')), ofAnn('private', ['vera'])), 'not-allowed')
  })

  test('[PERM6] a role is what somebody may do: viewers make nothing, not even who once did', () => {
    assert.equal(decide('create', ANN), 'yes')
    assert.equal(decide('create', VERA), 'not-allowed')
    assert.equal(decide('create', STRANGER), 'unauthenticated')
    const demoted = as(sessionOf('viewer', 'ann'))
    assert.equal(decide('publish', demoted, ofAnn('public')), 'not-allowed')
    assert.equal(decide('read-watch-log', ANN), 'not-allowed')
    assert.equal(decide('administer', ADMIN), 'yes')
    assert.equal(decide('see-library', VERA), 'yes')
    assert.equal(decide('upload', VERA), 'not-allowed')
    assert.equal(decide('upload', ANN), 'yes')
    assert.equal(decide('remove-file', ANN), 'not-allowed')
  })

  test('[PERM7] an API key reaches what it was made for, and no further than whose it is', () => {
    const key = (...scopes: Parameters<typeof keyOf>[1]) => as(keyOf('broadcaster', scopes, 'ann'))
    assert.equal(decide('create', key('broadcasts')), 'yes')
    assert.equal(decide('watch', key('broadcasts'), ofAnn('private')), 'yes')
    assert.equal(decide('create', key('watch', 'library')), 'not-allowed')
    assert.equal(decide('watch', key('watch'), ofAnn('private')), 'yes')
    assert.equal(decide('watch', key('library'), ofAnn('private')), 'unknown')
    assert.equal(decide('see-library', key('library')), 'yes')
    assert.equal(decide('administer', key('admin')), 'not-allowed')
  })

  test('[PERM8] in open mode everything is everybody’s, except for pages of other sites', () => {
    const foreign = { ...OPEN, foreign: true }
    for (const action of Object.keys(PERMISSIONS) as Action[]) {
      if (action === 'chat-as-member') continue // nobody is one
      assert.equal(decide(action, OPEN, ofAnn('private')), 'yes', action)
      if (action === 'list-public') continue
      assert.notEqual(decide(action, foreign, ofAnn('private')), 'yes', action)
    }
    assert.equal(decide('create', foreign), 'not-allowed')
    assert.equal(decide('watch', foreign, ofAnn('public')), 'yes')
  })
})
