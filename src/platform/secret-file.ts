import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'

const BYTES = 32
const SHORTEST = 32
const OWNER_ONLY = 0o600
const OTHERS = 0o077

/** The secret kept in `file`, made at the first call; only its owner may read it. Throws when it holds none. */
export function secretIn(file: string): string {
  try {
    const secret = randomBytes(BYTES).toString('base64url')
    writeFileSync(file, `${secret}\n`, { flag: 'wx', mode: OWNER_ONLY, flush: true })
    return secret
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
  const kept = readFileSync(file, 'utf8').trim()
  if (kept.length < SHORTEST) throw new Error(`${file} holds no secret; remove it, and a new one is made`)
  if ((statSync(file).mode & OTHERS) !== 0) chmodSync(file, OWNER_ONLY)
  return kept
}
