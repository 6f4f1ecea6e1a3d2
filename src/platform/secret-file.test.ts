import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { secretIn } from './secret-file.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'klieg-secret-'))
after(() => rmSync(folder, { recursive: true }))
const modeOf = (file: string) => statSync(file).mode & 0o777

describe('secretIn', () => {
  test('[SEC3] the secret is made once, kept, and readable by its owner only', () => {
    const file = path.join(folder, 'made')
    const made = secretIn(file)

    assert.match(made, /^[A-Za-z0-9_-]{43}$/)
    assert.equal(modeOf(file), 0o600)
    assert.equal(secretIn(file), made)
    assert.notEqual(secretIn(path.join(folder, 'another')), made)
  })

  test('[SEC3] a file that others could read is closed to them', () => {
    const file = path.join(folder, 'open')
    const made = secretIn(file)
    chmodSync(file, 0o644)

    assert.equal(secretIn(file), made)
    assert.equal(modeOf(file), 0o600)
  })

  test('[SEC4] a file without a secret is refused by name', () => {
    const file = path.join(folder, 'empty')
    writeFileSync(file, '\n')
    assert.throws(() => secretIn(file), /empty holds no secret; remove it/)
  })
})
