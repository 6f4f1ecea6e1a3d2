import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NodeSecrets } from './node-secrets.ts'

const secrets = new NodeSecrets()

test('[SEC1] ids and keys are long, of different shapes, and never the same twice', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => secrets.newId()))
  const keys = new Set(Array.from({ length: 1000 }, () => secrets.newStreamKey()))

  assert.equal(ids.size + keys.size, 2000)
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{22}$/)
  for (const key of keys) assert.match(key, /^sk_[A-Za-z0-9_-]{32}$/)
})

test('[SEC2] a key matches its own hash and no other', () => {
  const key = secrets.newStreamKey()
  const hash = secrets.hash(key)

  assert.ok(secrets.matches(key, hash))
  assert.ok(!secrets.matches(secrets.newStreamKey(), hash))
  assert.ok(!secrets.matches('', hash))
  assert.ok(!hash.includes(key))
})

test('[SEC1] tokens have 256 bits; recovery codes have 80, in letters that look like no others', () => {
  const tokens = new Set(Array.from({ length: 1000 }, () => secrets.newToken()))
  const codes = new Set(Array.from({ length: 1000 }, () => secrets.newRecoveryCode()))

  assert.equal(tokens.size + codes.size, 2000)
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/)
  for (const code of codes) assert.match(code, /^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/)
})
