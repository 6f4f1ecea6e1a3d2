import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BroadcastError } from '../../src/core/errors.ts'
import type { ApiKey } from '../../src/core/people/api-key-store.ts'
import type { Invitation } from '../../src/core/people/invitation-store.ts'
import type { PeopleStores } from '../../src/core/people/people-stores.ts'
import type { SignIn } from '../../src/core/people/sign-in-store.ts'
import type { User } from '../../src/core/people/user-store.ts'

const NOW = 1_895_000_000_000

/** Somebody, as they are right after they were made. */
export function userRecord(changes: Partial<User> = {}): User {
  const id = changes.id ?? 'u1'
  return {
    ...{ id, email: `${id}@example.org`, name: `Zoë "${id}" O’Hara`, role: 'viewer', passwordHash: null },
    ...{ totp: null, totpPending: null, createdAt: NOW, seenAt: null, disabledAt: null },
    ...changes,
  }
}

const signIn = (changes: Partial<SignIn> = {}): SignIn => ({
  ...{ id: 's1', userId: 'u1', tokenHash: `hash of ${changes.id ?? 's1'}`, createdAt: NOW, seenAt: NOW },
  ...{ address: '2001:db8::1', agent: 'A browser (of "some" kind)' },
  ...changes,
})

const apiKey = (changes: Partial<ApiKey> = {}): ApiKey => ({
  ...{ id: 'k1', userId: 'u1', name: 'The encoder', scopes: ['broadcasts', 'watch'], prefix: 'klieg_abc' },
  ...{ hash: `hash of ${changes.id ?? 'k1'}`, createdAt: NOW, usedAt: null, expiresAt: null },
  ...changes,
})

const invitation = (changes: Partial<Invitation> = {}): Invitation => ({
  ...{ id: 'i1', tokenHash: `hash of ${changes.id ?? 'i1'}`, role: 'broadcaster', email: null },
  ...{ createdBy: 'u1', createdAt: NOW, expiresAt: NOW + 1000 },
  ...changes,
})

const taken = (error: unknown) => error instanceof BroadcastError && error.code === 'email-taken'
const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id)

/** What everything does that keeps people; run on the fake and on the real ones. */
export function describePeopleStore(name: string, open: () => Promise<PeopleStores>): void {
  describe(name, () => {
    test('[AC60] an account is found as it was, by id and by e-mail, and changes in part', async () => {
      const { users } = await open()
      const user = userRecord({ passwordHash: '$argon2id$x', totp: 'sealed', seenAt: NOW, disabledAt: NOW })
      await users.insert(user)

      assert.deepEqual(await users.find('u1'), user)
      assert.deepEqual(await users.findByEmail('u1@example.org'), user)
      assert.equal(await users.find('u2'), undefined)
      assert.equal(await users.findByEmail('U1@example.org'), undefined)

      assert.equal(await users.update('u1', { name: 'New', totp: null, disabledAt: null }), true)
      assert.deepEqual(await users.find('u1'), { ...user, name: 'New', totp: null, disabledAt: null })
      assert.equal(await users.update('u2', { name: 'Nobody' }), false)
    })

    test('[AC61] an e-mail is one account: a second one is refused and changes nothing', async () => {
      const { users } = await open()
      await users.insert(userRecord())
      await users.insert(userRecord({ id: 'u2' }))

      await assert.rejects(users.insert(userRecord({ id: 'u3', email: 'u1@example.org' })), taken)
      await assert.rejects(users.update('u2', { email: 'u1@example.org' }), taken)
      assert.equal(await users.find('u3'), undefined)
      assert.equal((await users.find('u2'))?.email, 'u2@example.org')
      assert.equal(await users.update('u2', { email: 'u2@example.org' }), true)
    })

    test('[AC62] accounts are listed by name, found in name or e-mail in any case, in pages', async () => {
      const { users } = await open()
      for (const [id, userName] of [
        ['u1', 'anna'],
        ['u2', 'Émile'],
        ['u3', 'Bert'],
        ['u4', '100%_\\'],
      ] as const)
        await users.insert(userRecord({ id, name: userName, role: id === 'u3' ? 'admin' : 'viewer' }))

      const found = async (text: string) => ids((await users.list({ text, offset: 0, limit: 9 })).users)
      assert.deepEqual(await found(''), ['u4', 'u1', 'u3', 'u2'])
      assert.deepEqual(await found('ÉMI'), ['u2'])
      assert.deepEqual(await found('U3@EXAMPLE'), ['u3'])
      assert.deepEqual(await found('%_\\'), ['u4'])
      assert.deepEqual(await found('a_n'), [])
      const page = await users.list({ offset: 1, limit: 2 })
      assert.deepEqual([ids(page.users), page.total], [['u1', 'u3'], 4])
      assert.deepEqual(ids((await users.list({ role: 'admin', offset: 0, limit: 9 })).users), ['u3'])
    })

    test('[AC63] administrators count while they are not disabled', async () => {
      const { users } = await open()
      assert.equal(await users.countAdmins(), 0)
      await users.insert(userRecord({ id: 'u1', role: 'admin' }))
      await users.insert(userRecord({ id: 'u2', role: 'admin', disabledAt: NOW }))
      await users.insert(userRecord({ id: 'u3' }))

      assert.equal(await users.countAdmins(), 1)
    })

    test('[AC64] a step of the second factor is used once and never again, nor any before it', async () => {
      const { users } = await open()
      await users.insert(userRecord())

      const atOnce = await Promise.all([1, 2, 3].map(() => users.takeTotpStep('u1', 100)))
      assert.deepEqual(atOnce.filter(Boolean), [true])
      assert.equal(await users.takeTotpStep('u1', 99), false)
      assert.equal(await users.takeTotpStep('u1', 101), true)
    })

    test('[AC65] a recovery code is used once; setting new ones, or removing the account, ends the others', async () => {
      const { users } = await open()
      await users.insert(userRecord())
      await users.setRecoveryCodes('u1', ['a', 'b', 'c'])

      const atOnce = await Promise.all([1, 2, 3].map(() => users.takeRecoveryCode('u1', 'a')))
      assert.deepEqual(atOnce.filter(Boolean), [true])
      assert.equal(await users.takeRecoveryCode('u2', 'b'), false)
      assert.equal(await users.countRecoveryCodes('u1'), 2)
      await users.setRecoveryCodes('u1', ['d'])
      assert.equal(await users.takeRecoveryCode('u1', 'b'), false)
      assert.equal(await users.remove('u1'), true)
      assert.equal(await users.countRecoveryCodes('u1'), 0)
      assert.equal(await users.remove('u1'), false)
      assert.equal(await users.find('u1'), undefined)
    })

    test('[AC66] a sign-in is found by its token, listed by when it was seen, and removed by one, by person, by age', async () => {
      const { signIns } = await open()
      await signIns.insert(signIn())
      for (const id of ['s2', 's3', 's4'])
        await signIns.insert(signIn({ id, userId: id === 's4' ? 'u2' : 'u1' }))
      await signIns.touch('s2', { seenAt: NOW + 5, address: '192.0.2.1' })

      assert.deepEqual(await signIns.findByToken('hash of s1'), signIn())
      assert.equal(await signIns.findByToken('s1'), undefined)
      const [latest] = await signIns.list('u1')
      assert.deepEqual(latest, signIn({ id: 's2', seenAt: NOW + 5, address: '192.0.2.1' }))
      assert.deepEqual(ids(await signIns.list('u1')), ['s2', 's1', 's3'])

      assert.equal(await signIns.remove('s1'), true)
      assert.equal(await signIns.remove('s1'), false)
      await signIns.removeOf('u1', 's3')
      assert.deepEqual(ids(await signIns.list('u1')), ['s3'])
      await signIns.removeOf('u1')
      assert.deepEqual(ids(await signIns.list('u1')), [])

      await signIns.removeOld({ createdBefore: NOW, seenBefore: NOW })
      assert.deepEqual(ids(await signIns.list('u2')), ['s4'])
      await signIns.removeOld({ createdBefore: NOW, seenBefore: NOW + 1 })
      assert.deepEqual(ids(await signIns.list('u2')), [])
    })

    test('[AC67] an API key is found by its hash as it was, listed newest first, and removed', async () => {
      const { apiKeys } = await open()
      await apiKeys.insert(apiKey({ scopes: [] }))
      await apiKeys.insert(apiKey({ id: 'k2', createdAt: NOW + 1, expiresAt: NOW + 9 }))
      await apiKeys.insert(apiKey({ id: 'k3', userId: 'u2' }))
      await apiKeys.touch('k2', NOW + 3)

      assert.deepEqual(await apiKeys.findByHash('hash of k1'), apiKey({ scopes: [] }))
      const used = apiKey({ id: 'k2', createdAt: NOW + 1, expiresAt: NOW + 9, usedAt: NOW + 3 })
      assert.deepEqual(await apiKeys.find('k2'), used)
      const own = await apiKeys.list({ userId: 'u1', offset: 0, limit: 1 })
      assert.deepEqual([ids(own.keys), own.total], [['k2'], 2])
      assert.deepEqual(ids((await apiKeys.list({ offset: 0, limit: 9 })).keys), ['k2', 'k1', 'k3'])
      assert.equal(await apiKeys.remove('k2'), true)
      assert.equal(await apiKeys.remove('k2'), false)
      await apiKeys.removeOf('u1')
      assert.deepEqual(ids((await apiKeys.list({ offset: 0, limit: 9 })).keys), ['k3'])
      assert.equal(await apiKeys.findByHash('hash of k1'), undefined)
    })

    test('[AC68] an invitation is found by its token, listed newest first, taken once, and gone when it has expired', async () => {
      const { invitations } = await open()
      await invitations.insert(invitation({ email: 'u9@example.org' }))
      await invitations.insert(invitation({ id: 'i2', createdAt: NOW + 1, expiresAt: NOW + 9000 }))

      assert.deepEqual(await invitations.findByToken('hash of i1'), invitation({ email: 'u9@example.org' }))
      const page = await invitations.list({ offset: 1, limit: 5 })
      assert.deepEqual([ids(page.invitations), page.total], [['i1'], 2])
      await invitations.removeExpired(NOW + 1000)
      assert.equal(await invitations.findByToken('hash of i1'), undefined)
      const atOnce = await Promise.all([1, 2, 3].map(() => invitations.remove('i2')))
      assert.deepEqual(atOnce.filter(Boolean), [true])
    })

    test('[AC69] a link for a new password is taken once, and gone when it has expired or with all of its account', async () => {
      const { resetLinks } = await open()
      for (const [tokenHash, userId] of [
        ['a', 'u1'],
        ['b', 'u1'],
        ['c', 'u2'],
        ['d', 'u3'],
      ] as const)
        await resetLinks.insert({ tokenHash, userId, expiresAt: tokenHash === 'd' ? NOW : NOW + 1 })

      assert.deepEqual(await resetLinks.find('a'), { tokenHash: 'a', userId: 'u1', expiresAt: NOW + 1 })
      await resetLinks.removeOf('u1')
      assert.equal(await resetLinks.find('b'), undefined)
      await resetLinks.removeExpired(NOW)
      assert.equal(await resetLinks.find('d'), undefined)
      const atOnce = await Promise.all([1, 2, 3].map(() => resetLinks.remove('c')))
      assert.deepEqual(atOnce.filter(Boolean), [true])
    })
  })
}
