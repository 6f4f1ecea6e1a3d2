import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepAt } from '../core/people/one-time-codes.ts'
import { Totp } from './totp.ts'

/** "12345678901234567890" of RFC 6238, appendix B. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test('[AC71] codes are those of RFC 6238, their last six digits', () => {
  const totp = new Totp()
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    assert.equal(totp.codeAt(SECRET, stepAt(seconds * 1000)), code)
})

test('[AC71] secrets have 160 bits in Base32 and never repeat', () => {
  const totp = new Totp()
  const secrets = new Set(Array.from({ length: 200 }, () => totp.newSecret()))

  assert.equal(secrets.size, 200)
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/)
})
