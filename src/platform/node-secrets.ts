import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../core/secrets.ts'

const ID_BYTES = 16
const KEY_BYTES = 24
const TOKEN_BYTES = 32
/** 32 of them, five bits each; none that looks like another. */
const CLEAR_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const RECOVERY_LETTERS = 16

/** Secrets from the system's random source. */
export class NodeSecrets implements Secrets {
  newId(): string {
    return randomBytes(ID_BYTES).toString('base64url')
  }

  newStreamKey(): string {
    return `sk_${randomBytes(KEY_BYTES).toString('base64url')}`
  }

  newToken(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url')
  }

  newRecoveryCode(): string {
    const letters = [...randomBytes(RECOVERY_LETTERS)].map(
      (byte) => CLEAR_LETTERS[byte % CLEAR_LETTERS.length],
    )
    return letters.join('').replaceAll(/....(?=.)/g, '$&-')
  }

  hash(key: string): string {
    return createHash('sha256').update(key).digest('base64url')
  }

  matches(key: string, hash: string): boolean {
    return timingSafeEqual(digestOf(this.hash(key)), digestOf(hash))
  }
}

/** Of equal length whatever was stored. */
const digestOf = (text: string) => createHash('sha256').update(text).digest()
