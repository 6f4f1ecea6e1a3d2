import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BroadcastError } from '../core/errors.ts'
import { Argon2Passwords } from './argon2-passwords.ts'

describe('Argon2Passwords', () => {
  test('[AC70] a hash is argon2id with a salt of its own, and matches its password only', async () => {
    const passwords = new Argon2Passwords()
    const [one, two] = await Promise.all([
      passwords.hash('a long sentence'),
      passwords.hash('a long sentence'),
    ])

    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.notEqual(one, two)
    assert.equal(await passwords.matches('a long sentence', one), true)
    assert.equal(await passwords.matches('a long sentencE', one), false)
  })

  test('[AC70] the event loop goes on while passwords are hashed', async () => {
    const passwords = new Argon2Passwords()
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await Promise.all([1, 2, 3].map(() => passwords.hash('a long sentence')))
    clearInterval(timer)

    assert.ok(turns > 3, `${turns} turns`)
  })

  test('[AC70] too many in line are refused as overloaded; the others come through', async () => {
    const passwords = new Argon2Passwords()
    const stored = await passwords.hash('a long sentence')
    const all = await Promise.allSettled(
      Array.from({ length: 205 }, () => passwords.matches('a long sentence', stored)),
    )
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))

    assert.equal(refused.length, 3)
    assert.ok(refused.every((error) => error instanceof BroadcastError && error.code === 'overloaded'))
    assert.equal(await passwords.matches('a long sentence', stored), true)
  })
})
