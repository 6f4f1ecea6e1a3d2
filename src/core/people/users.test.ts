import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PASSWORD, peopleRig } from '../../../test/support/people-rig.ts'
import { BroadcastError } from '../errors.ts'

const HOUR = 3_600_000
const DEVICE = { address: '192.0.2.7', agent: 'A browser' }
const withCode = (code: string) => (error: unknown) => error instanceof BroadcastError && error.code === code

describe('accounts', () => {
  test('[AC15] a password has ten characters or more, enough of them different, and is not name or e-mail', async () => {
    const { add } = peopleRig()
    for (const password of [
      'too short',
      'aaaaaaaaaaaa',
      'ababababababab',
      'x'.repeat(300),
      'somebody-long',
      'SOMEBODY-LONG@example.org',
    ])
      await assert.rejects(add('somebody-long', { password }), withCode('weak-password'), password)
    await add('one', { password: 'ten chars!' })
    await add('two', { password: 'пароль из слов' })
  })

  test('[AC16] an e-mail address is one account however it is written, and must be one', async () => {
    const { add, people } = peopleRig()
    const anna = await add('anna', { email: ' Anna@Example.org ' })
    assert.equal(anna.email, 'anna@example.org')
    assert.equal((await people.users.findByEmail('ANNA@EXAMPLE.ORG'))?.id, anna.id)
    await assert.rejects(add('anna', { email: 'anna@example.org' }), withCode('email-taken'))
    for (const email of ['', 'a', '@b.c', 'a@b', 'a b@c.d', 'a@b.c\r\nBcc: x@y.z', 'a@b.c,d@e.f', '<a@b.c>'])
      await assert.rejects(add('x', { email }), withCode('bad-request'), email)
  })

  test('[AC17] a name has no control characters, and 1 to 80 others', async () => {
    const { add } = peopleRig()
    assert.equal((await add('a', { name: ' Zoë\u0000\u001b[31m\nX\u2028 ' })).name, 'Zoë  [31m X')
    for (const name of ['', ' \n ', 'x'.repeat(81)])
      await assert.rejects(add('b', { name }), withCode('bad-request'))
  })

  test('[AC18] the only administrator stays one: not changed, disabled or removed', async () => {
    const { add, people } = peopleRig()
    const root = await add('root', { role: 'admin' })
    for (const attempt of [
      () => people.users.changeRole(root.id, 'viewer'),
      () => people.users.disable(root.id),
      () => people.users.remove(root.id),
    ])
      await assert.rejects(attempt(), withCode('last-admin'))

    const other = await add('other', { role: 'admin' })
    await people.users.disable(root.id)
    await assert.rejects(people.users.remove(other.id), withCode('last-admin'))
    await people.users.remove(root.id)
  })

  test('[AC19] an account that is removed takes its sign-ins, keys and links along', async () => {
    const { add, people, stores } = peopleRig()
    const anna = await add('anna')
    await people.signIns.open(anna, DEVICE)
    await people.apiKeys.make(anna, { name: 'k', scopes: ['watch'], expiresAt: null })
    const { token } = await people.passwordResets.make(anna)
    await people.users.remove(anna.id)

    assert.deepEqual(await stores.signIns.list(anna.id), [])
    assert.equal((await people.apiKeys.list({ userId: anna.id, offset: 0, limit: 9 })).total, 0)
    await assert.rejects(people.passwordResets.look(token), withCode('link-not-valid'))
    await assert.rejects(people.users.get(anna.id), withCode('user-not-found'))
  })
})

describe('links for a new password', () => {
  test('[AC40] one works once, for an hour, and signs out everywhere', async () => {
    const { add, people, stores } = peopleRig()
    const anna = await add('anna')
    await people.signIns.open(anna, DEVICE)
    const { token } = await people.passwordResets.make(anna)

    await assert.rejects(people.passwordResets.use(token, 'short'), withCode('weak-password'))
    assert.equal((await people.passwordResets.look(token)).id, anna.id)
    const uses = await Promise.allSettled(
      [1, 2, 3].map(() => people.passwordResets.use(token, 'another sentence')),
    )
    assert.equal(uses.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await stores.signIns.list(anna.id), [])
    const user = await people.signIns.check({ email: anna.email, password: 'another sentence' }, DEVICE)
    assert.equal(user.id, anna.id)
  })

  test('[AC41] a newer link, an hour, or a disabled account ends it; the store has its hash only', async () => {
    const { add, people, stores, clock } = peopleRig()
    const anna = await add('anna')
    const { token: old } = await people.passwordResets.make(anna)
    const { token } = await people.passwordResets.make(anna)
    assert.equal(await stores.resetLinks.find(token), undefined)
    await assert.rejects(people.passwordResets.use(old, 'another sentence'), withCode('link-not-valid'))
    clock.advance(HOUR)
    await assert.rejects(people.passwordResets.use(token, 'another sentence'), withCode('link-not-valid'))

    const { token: last } = await people.passwordResets.make(anna)
    await people.users.disable(anna.id)
    await assert.rejects(people.passwordResets.use(last, 'another sentence'), withCode('link-not-valid'))
  })
})

describe('invitations', () => {
  test('[AC42] one makes one account of its role, however many use it at once', async () => {
    const { add, people } = peopleRig()
    const root = await add('root', { role: 'admin' })
    const { token } = await people.invitations.make({
      role: 'broadcaster',
      email: null,
      lasts: HOUR,
      by: root.id,
    })
    await assert.rejects(
      people.invitations.accept(token, { email: root.email, name: 'x', password: PASSWORD }),
      withCode('email-taken'),
    )
    const all = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) =>
        people.invitations.accept(token, { email: `${name}@example.org`, name, password: PASSWORD }),
      ),
    )

    const made = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.role] : []))
    assert.deepEqual(made, ['broadcaster'])
    await assert.rejects(people.invitations.look(token), withCode('link-not-valid'))
  })

  test('[AC43] one that was sent to an address is for that address; it expires, and can be taken back', async () => {
    const { add, people, clock } = peopleRig()
    const root = await add('root', { role: 'admin' })
    const make = (email: string | null) =>
      people.invitations.make({ role: 'viewer', email, lasts: HOUR, by: root.id })
    await assert.rejects(make(root.email), withCode('email-taken'))
    const { token } = await make('Bert@example.org')
    const bert = await people.invitations.accept(token, {
      email: 'eve@example.org',
      name: 'B',
      password: PASSWORD,
    })
    assert.equal(bert.email, 'bert@example.org')

    const taken = await make(null)
    await people.invitations.revoke(taken.invitation.id)
    await assert.rejects(people.invitations.look(taken.token), withCode('link-not-valid'))
    await assert.rejects(people.invitations.revoke(taken.invitation.id), withCode('invitation-not-found'))
    const late = await make(null)
    clock.advance(HOUR)
    await assert.rejects(people.invitations.look(late.token), withCode('link-not-valid'))
  })
})

describe('the first administrator', () => {
  test('[AC44] is made once, by the token of this start, and only where there is none', async () => {
    const { people } = peopleRig()
    const account = { email: 'root@example.org', name: 'Root', password: PASSWORD }
    await assert.rejects(people.setup.finish('', account), withCode('link-not-valid'))
    const token = await people.setup.begin()
    assert.ok(token !== undefined && (await people.setup.isNeeded()))
    await assert.rejects(people.setup.finish(`${token}x`, account), withCode('link-not-valid'))
    await assert.rejects(
      people.setup.finish(token, { ...account, password: 'short' }),
      withCode('weak-password'),
    )
    const all = await Promise.allSettled([1, 2, 3].map(() => people.setup.finish(token, account)))

    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await people.users.findByEmail(account.email))?.role, 'admin')
    assert.equal(await people.setup.isNeeded(), false)
    assert.equal(await people.setup.begin(), undefined)
    await assert.rejects(
      people.setup.finish(token, { ...account, email: 'b@c.de' }),
      withCode('link-not-valid'),
    )
  })

  test('[AC44] a link is worth nothing once somebody else has made an administrator', async () => {
    const { people, add } = peopleRig()
    const token = (await people.setup.begin()) ?? ''
    await add('root', { role: 'admin' })
    const account = { email: 'eve@example.org', name: 'Eve', password: PASSWORD }
    await assert.rejects(people.setup.finish(token, account), withCode('link-not-valid'))
  })
})

describe('API keys', () => {
  async function setUp() {
    const rig = peopleRig()
    const anna = await rig.add('anna', { role: 'broadcaster' })
    const identify = (key: string) =>
      rig.people.authentication.identify({ authorization: `Bearer ${key}`, cookie: 'klieg=x' }, '192.0.2.1')
    return { ...rig, anna, identify }
  }

  test('[AC50] a key is known by klieg_…, kept hashed, and shown by its beginning only', async () => {
    const { people, anna, identify } = await setUp()
    const { key, secret } = await people.apiKeys.make(anna, {
      name: ' Encoder ',
      scopes: ['broadcasts'],
      expiresAt: null,
    })

    assert.match(secret, /^klieg_[\w-]{43}$/)
    assert.ok(secret.startsWith(key.prefix) && key.prefix.length === 12)
    assert.ok(!JSON.stringify(key).includes(secret))
    assert.equal(key.name, 'Encoder')
    const identity = await identify(secret)
    assert.deepEqual(identity, {
      kind: 'api-key',
      person: { id: anna.id, name: 'anna', role: 'broadcaster' },
      keyId: key.id,
      scopes: ['broadcasts'],
    })
    assert.equal(await identify(`${secret}x`), undefined)
    assert.equal(await people.authentication.identify({ cookie: `klieg=${secret}` }, ''), undefined)
  })

  test('[AC51] it reaches no further than the role of its owner', async () => {
    const { people, anna } = await setUp()
    await assert.rejects(
      people.apiKeys.make(anna, { name: 'k', scopes: ['watch', 'admin'], expiresAt: null }),
      withCode('not-allowed'),
    )
  })

  test('[AC52] it ends when it expires, is revoked by its owner, or its owner is disabled; use is noted', async () => {
    const { people, anna, add, identify, clock, stores } = await setUp()
    const make = (expiresAt: number | null) =>
      people.apiKeys.make(anna, { name: 'k', scopes: ['watch'], expiresAt })
    await assert.rejects(make(clock.now()), withCode('bad-request'))
    const [one, two, three] = [await make(clock.now() + HOUR), await make(null), await make(null)]
    assert.ok(await identify(one.secret))
    await new Promise((done) => setImmediate(done))
    assert.equal((await stores.apiKeys.find(one.key.id))?.usedAt, clock.now())
    clock.advance(HOUR)
    assert.equal(await identify(one.secret), undefined)

    const eve = await add('eve')
    assert.ok(await identify(two.secret))
    await assert.rejects(people.apiKeys.revoke(two.key.id, eve.id), withCode('key-not-found'))
    await people.apiKeys.revoke(two.key.id, anna.id)
    assert.equal(await identify(two.secret), undefined)
    assert.ok(await identify(three.secret))
    await people.users.disable(anna.id)
    assert.equal(await identify(three.secret), undefined)
  })
})
