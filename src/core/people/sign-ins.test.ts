import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { PASSWORD, peopleRig } from '../../../test/support/people-rig.ts'
import { BroadcastError } from '../errors.ts'
import { AttemptDelay } from './attempt-delay.ts'
import { stepAt } from './one-time-codes.ts'
import type { User } from './user-store.ts'

const HOME = { address: '192.0.2.7', agent: 'A browser' }
const HOUR = 3_600_000
const DAY = 24 * HOUR

const withCode = (code: string) => (error: unknown) => error instanceof BroadcastError && error.code === code

async function setUp() {
  const rig = peopleRig()
  const anna = await rig.add('anna')
  const signIn = (
    password = PASSWORD,
    { email = anna.email, code = undefined as string | undefined, from = HOME } = {},
  ) => rig.people.signIns.check({ email, password, code }, from)
  const cookieOf = (token: string) => ({ cookie: `other=1; klieg=${token}` })
  const who = async (token: string) =>
    (await rig.people.authentication.identify(cookieOf(token), HOME.address))?.person.id
  const fail = async (times: number, email = anna.email, from = HOME) => {
    for (let index = 0; index < times; index++)
      await assert.rejects(signIn('not the password', { email, from }), withCode('wrong-credentials'))
  }
  /** Turns the second factor on; returns what the app shows at a time, and the recovery codes. */
  async function secondFactor(user: User) {
    const { secret } = await rig.people.secondFactors.begin(user)
    const codeAt = (time = rig.clock.now()) => rig.codes.codeAt(secret, stepAt(time))
    const pending = await rig.people.users.get(user.id)
    const recoveryCodes = await rig.people.secondFactors.confirm(pending, codeAt())
    rig.clock.advance(60_000)
    return { codeAt, recoveryCodes }
  }
  return { ...rig, anna, signIn, who, fail, secondFactor }
}

describe('signing in', () => {
  test('[AC10] e-mail and password let in, however the e-mail is written; anything else is wrong-credentials', async () => {
    const { anna, signIn, people } = await setUp()

    assert.equal((await signIn(PASSWORD, { email: '  ANNA@example.org ' })).id, anna.id)
    await assert.rejects(signIn('a calm sentencE'), withCode('wrong-credentials'))
    await assert.rejects(signIn(PASSWORD, { email: 'eve@example.org' }), withCode('wrong-credentials'))
    await people.users.create({ email: 'new@example.org', name: 'New', role: 'viewer' })
    await assert.rejects(signIn(PASSWORD, { email: 'new@example.org' }), withCode('wrong-credentials'))
    await people.users.disable(anna.id)
    await assert.rejects(signIn(), withCode('wrong-credentials'))
  })

  test('[AC11] a password is compared whether or not there is such an account', async () => {
    const { signIn, passwords } = await setUp()
    await assert.rejects(signIn('some password', { email: 'nobody@example.org' }))
    await assert.rejects(signIn('some password'))

    assert.deepEqual(passwords.compared, ['some password', 'some password'])
  })

  test('[AC12] after five failures an account waits, longer each time; the right password ends it', async () => {
    const { signIn, fail, clock, anna } = await setUp()
    await fail(5)
    for (const seconds of [2, 4, 8]) {
      await assert.rejects(
        signIn(),
        (error: BroadcastError) => error.code === 'too-many-requests' && error.retryAfter === seconds,
      )
      clock.advance(seconds * 1000)
      await fail(1)
    }
    clock.advance(16_000)
    assert.equal((await signIn()).id, anna.id)
    await fail(4)
    assert.equal((await signIn()).id, anna.id)
  })

  test('[AC12] an unknown account waits just the same, and no wait is longer than a quarter of an hour', async () => {
    const { signIn, fail, clock } = await setUp()
    const email = 'nobody@example.org'
    await fail(5, email)
    await assert.rejects(signIn(PASSWORD, { email }), withCode('too-many-requests'))
    for (let index = 0; index < 20; index++) {
      clock.advance(15 * 60_000)
      await fail(1, email)
    }
  })

  test('[AC13] many guesses at once are many guesses', async () => {
    const { signIn } = await setUp()
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => signIn('not the password')))
    const codes = all.map((one) => (one.status === 'rejected' ? (one.reason as BroadcastError).code : ''))

    assert.equal(codes.filter((code) => code === 'wrong-credentials').length, 5)
    assert.equal(codes.filter((code) => code === 'too-many-requests').length, 45)
  })

  test('[AC14] an address that tries many accounts waits too, with its whole network; others do not', async () => {
    const { signIn, fail, clock, anna } = await setUp()
    for (let index = 0; index < 20; index++)
      await fail(1, `nobody-${index}@example.org`, { ...HOME, address: `2001:db8:1:2::${index}` })
    const from = { ...HOME, address: '2001:db8:1:2:ffff::1' }
    await assert.rejects(signIn(PASSWORD, { from }), withCode('too-many-requests'))

    assert.equal((await signIn()).id, anna.id)
    clock.advance(2000)
    assert.equal((await signIn(PASSWORD, { from })).id, anna.id)
  })

  test('[AC14] what is remembered of failures is bounded', async () => {
    const delay = new AttemptDelay({ clock: new FakeClock(), free: 5 })
    for (let index = 0; index < 20_100; index++) delay.begin(`somebody-${index}`)

    assert.equal(delay.size, 20_000)
  })
})

describe('the second factor', () => {
  test('[AC20] it is on once the app has shown a right code, and then asked for after the password only', async () => {
    const { people, anna, signIn, secondFactor } = await setUp()
    await people.secondFactors.begin(anna)
    const pending = await people.users.get(anna.id)
    await assert.rejects(people.secondFactors.confirm(pending, '000000'), withCode('wrong-code'))
    assert.equal((await signIn()).id, anna.id)

    const { codeAt } = await secondFactor(anna)
    await assert.rejects(signIn('not the password'), withCode('wrong-credentials'))
    await assert.rejects(signIn(), withCode('second-factor-required'))
    await assert.rejects(signIn(PASSWORD, { code: '000000' }), withCode('wrong-code'))
    assert.equal((await signIn(PASSWORD, { code: codeAt() })).id, anna.id)
    await assert.rejects(
      people.secondFactors.begin(await people.users.get(anna.id)),
      withCode('second-factor-on'),
    )
  })

  test('[AC21] a code is worth nothing once it was used, nor an older one; a clock may be half a minute off', async () => {
    const { anna, signIn, secondFactor, clock } = await setUp()
    const { codeAt } = await secondFactor(anna)
    const [early, now, late] = [-30_000, 0, 30_000].map((off) => codeAt(clock.now() + off))

    assert.equal((await signIn(PASSWORD, { code: `${now?.slice(0, 3)} ${now?.slice(3)}` })).id, anna.id)
    await assert.rejects(signIn(PASSWORD, { code: now }), withCode('wrong-code'))
    await assert.rejects(signIn(PASSWORD, { code: early }), withCode('wrong-code'))
    assert.equal((await signIn(PASSWORD, { code: late })).id, anna.id)
    await assert.rejects(signIn(PASSWORD, { code: codeAt(clock.now() + 60_000) }), withCode('wrong-code'))
  })

  test('[AC22] a recovery code stands for the app, once; new ones end the old', async () => {
    const { anna, people, signIn, secondFactor } = await setUp()
    const { recoveryCodes } = await secondFactor(anna)
    const [first = '', second = ''] = recoveryCodes

    assert.equal(new Set(recoveryCodes).size, 10)
    assert.equal((await signIn(PASSWORD, { code: first.toUpperCase().replaceAll('-', ' ') })).id, anna.id)
    await assert.rejects(signIn(PASSWORD, { code: first }), withCode('wrong-code'))
    await people.secondFactors.renewRecoveryCodes(anna)
    await assert.rejects(signIn(PASSWORD, { code: second }), withCode('wrong-code'))
  })

  test('[AC23] wrong codes count as failures; a missing one does not, and forgives nothing', async () => {
    const { anna, signIn, secondFactor, clock } = await setUp()
    const { codeAt } = await secondFactor(anna)
    for (let index = 0; index < 10; index++)
      await assert.rejects(signIn(), withCode('second-factor-required'))
    for (let index = 0; index < 5; index++)
      await assert.rejects(signIn(PASSWORD, { code: '000000' }), withCode('wrong-code'))
    await assert.rejects(signIn(PASSWORD, { code: codeAt() }), withCode('too-many-requests'))
    clock.advance(2000)
    await assert.rejects(signIn(), withCode('second-factor-required'))
    await assert.rejects(signIn(PASSWORD, { code: '000000' }), withCode('wrong-code'))
    clock.advance(3999)
    await assert.rejects(signIn(), withCode('too-many-requests'))
    clock.advance(1)
    assert.equal((await signIn(PASSWORD, { code: codeAt() })).id, anna.id)
  })

  test('[AC24] its secret is kept sealed, recovery codes hashed', async () => {
    const { anna, people, stores, secondFactor } = await setUp()
    const { secret } = await people.secondFactors.begin(anna)
    const { totpPending } = await people.users.get(anna.id)
    assert.ok(totpPending && !totpPending.includes(secret))

    const { recoveryCodes } = await secondFactor(anna)
    assert.equal(await stores.users.takeRecoveryCode(anna.id, recoveryCodes[0] ?? ''), false)
    await people.secondFactors.turnOff(anna)
    assert.equal((await people.users.get(anna.id)).totp, null)
    assert.equal(await stores.users.countRecoveryCodes(anna.id), 0)
  })
})

describe('being signed in', () => {
  test('[AC30] the token is in the cookie only: the store has its hash', async () => {
    const { people, anna, who, stores } = await setUp()
    const token = await people.signIns.open(anna, HOME)

    assert.equal(await who(token), anna.id)
    assert.equal(await who(`${token}x`), undefined)
    const [signIn] = await stores.signIns.list(anna.id)
    assert.ok(signIn && !JSON.stringify(signIn).includes(token))
  })

  test('[AC31] it lasts for 14 days after the browser was last seen, and 90 days in all', async () => {
    const { people, anna, who, clock } = await setUp()
    const [used, unused] = [await people.signIns.open(anna, HOME), await people.signIns.open(anna, HOME)]
    for (let day = 0; day < 90; day += 10) {
      assert.equal(await who(used), anna.id, `day ${day}`)
      await new Promise((done) => setImmediate(done))
      clock.advance(10 * DAY)
    }
    assert.equal(await who(used), undefined)
    assert.equal(await who(unused), undefined)
    assert.deepEqual(await people.signIns.list(anna.id), [])
  })

  test('[AC32] signing out ends it at once and tells those who rely on it', async () => {
    const { people, anna, who } = await setUp()
    const told: unknown[] = []
    people.authentication.onRevoked((fact) => told.push(fact))
    const [one, two, three] = [
      await people.signIns.open(anna, HOME),
      await people.signIns.open(anna, HOME),
      await people.signIns.open(anna, HOME),
    ]
    await Promise.all([one, two, three].map(who))

    await people.signIns.leave(one)
    assert.deepEqual([await who(one), await who(two)], [undefined, anna.id])
    await people.signIns.endAll(anna.id)
    assert.deepEqual([await who(two), await who(three)], [undefined, undefined])
    assert.equal(told.length, 3)
    await people.signIns.leave('nothing')
  })

  test('[AC33] one may end the sign-ins of one’s own account only', async () => {
    const { people, anna, add, who } = await setUp()
    const eve = await add('eve')
    const token = await people.signIns.open(anna, HOME)
    const [signIn] = await people.signIns.list(anna.id)

    assert.equal(await people.signIns.end(eve.id, signIn?.id ?? ''), false)
    assert.equal(await who(token), anna.id)
    assert.equal(await people.signIns.end(anna.id, signIn?.id ?? ''), true)
    assert.equal(await who(token), undefined)
  })

  test('[AC34] what somebody is comes from the account as it is now: role, disabled, gone', async () => {
    const { people, anna, add, clock } = await setUp()
    await add('root', { role: 'admin' })
    const token = await people.signIns.open(anna, HOME)
    const identity = () => people.authentication.identify({ cookie: `klieg=${token}` }, HOME.address)
    assert.equal((await identity())?.person.role, 'viewer')

    await people.users.changeRole(anna.id, 'broadcaster')
    assert.equal((await identity())?.person.role, 'broadcaster')
    await people.users.disable(anna.id)
    assert.equal(await identity(), undefined)
    await people.users.enable(anna.id)
    clock.advance(1)
    assert.equal(await identity(), undefined)
  })

  test('[AC35] while the database is away, those it knew are believed for ten minutes, and nobody else', async () => {
    const { people, anna, stores, who, clock } = await setUp()
    const [known, unknown] = [await people.signIns.open(anna, HOME), await people.signIns.open(anna, HOME)]
    await who(known)
    clock.advance(5000)
    stores.down.failure = new BroadcastError('overloaded', 'the database is away')

    assert.equal(await who(known), anna.id)
    await assert.rejects(who(unknown), withCode('overloaded'))
    clock.advance(10 * 60_000)
    await assert.rejects(who(known), withCode('overloaded'))
    stores.down.failure = undefined
    assert.equal(await who(known), anna.id)
  })

  test('[AC36] what has expired is removed every hour', async () => {
    const { people, anna, stores, clock } = await setUp()
    await people.signIns.open(anna, HOME)
    await people.passwordResets.make(anna)
    await people.invitations.make({ role: 'viewer', email: null, lasts: DAY, by: anna.id })
    people.keepClear()
    clock.advance(91 * DAY)
    await new Promise((done) => setImmediate(done))

    assert.deepEqual(await stores.signIns.list(anna.id), [])
    assert.equal((await stores.invitations.list({ offset: 0, limit: 1 })).total, 0)
    people[Symbol.dispose]()
    assert.equal(clock.pending, 0)
  })
})
