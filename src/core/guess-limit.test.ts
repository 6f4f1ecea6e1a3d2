import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { addressBlock } from './address-block.ts'
import { BroadcastError, type ErrorCode } from './errors.ts'
import { GuessLimit } from './guess-limit.ts'

const visitor = (address: string, token?: string) => ({ address, token, foreign: false })
const refuse = (code: ErrorCode) => () => Promise.reject(new BroadcastError(code, 'no'))
const allow = () => Promise.resolve('in')

describe('GuessLimit', () => {
  test('[ACC1] after too many wrong guesses an address waits until the minute is over', async () => {
    const clock = new FakeClock()
    const guesses = new GuessLimit({ clock, limit: 3 })
    for (const code of ['broadcast-not-found', 'unauthenticated', 'not-allowed'] as const)
      await assert.rejects(guesses.guard(visitor('192.0.2.1', 'key'), refuse(code)), { code })

    clock.advance(20_000)
    await assert.rejects(guesses.guard(visitor('::ffff:192.0.2.1', 'key'), allow), {
      code: 'too-many-requests',
      retryAfter: 40,
    })
    assert.equal(await guesses.guard(visitor('192.0.2.2', 'key'), allow), 'in')
    clock.advance(40_000)
    assert.equal(await guesses.guard(visitor('192.0.2.1', 'key'), allow), 'in')
  })

  test('[ACC2] bringing no key, and any other refusal, is no guess', async () => {
    const guesses = new GuessLimit({ clock: new FakeClock(), limit: 1 })
    await assert.rejects(guesses.guard(visitor('192.0.2.1'), refuse('unauthenticated')))
    await assert.rejects(guesses.guard(visitor('192.0.2.1', 'key'), refuse('broadcast-taken')))
    assert.equal(await guesses.guard(visitor('192.0.2.1', 'key'), allow), 'in')
  })

  test('[ACC3] it remembers a bounded number of addresses', async () => {
    const guesses = new GuessLimit({ clock: new FakeClock(), limit: 1 })
    for (let i = 0; i <= 10_000; i++)
      await assert.rejects(
        guesses.guard(visitor(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`), refuse('broadcast-not-found')),
      )

    assert.equal(await guesses.guard(visitor('10.0.0.0'), allow), 'in')
    await assert.rejects(guesses.guard(visitor('10.0.39.16'), allow), { code: 'too-many-requests' })
  })

  for (const [address, block] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:ffff::', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ] as const)
    test(`[ACC4] "${address}" counts as "${block}"`, () => {
      assert.equal(addressBlock(address), block)
    })

  test('[ACC7] wrong guesses of an account are counted at all its addresses', async () => {
    const limit = new GuessLimit({ clock: new FakeClock() })
    const identity = sessionOf('broadcaster', 'ann')
    const guess = (last: number) =>
      limit.guard({ address: `192.0.2.${last}`, token: undefined, foreign: false, identity }, async () => {
        throw new BroadcastError('broadcast-not-found', 'wrong')
      })
    for (let last = 1; last <= 20; last++) await assert.rejects(guess(last), { code: 'broadcast-not-found' })
    await assert.rejects(guess(21), { code: 'too-many-requests' })
  })
})
