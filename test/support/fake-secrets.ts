import type { Secrets } from '../../src/core/secrets.ts'

/** Secrets that count instead of rolling dice: `id-1`, `key-1`, `token-2`, … */
export class FakeSecrets implements Secrets {
  #ids = 0
  #keys = 0

  newId(): string {
    return `id-${++this.#ids}`
  }

  newStreamKey(): string {
    return `key-${++this.#keys}`
  }

  newToken(): string {
    return `token-${++this.#keys}`
  }

  newRecoveryCode(): string {
    return `code-${++this.#keys}`
  }

  hash(key: string): string {
    return `hash of ${key}`
  }

  matches(key: string, hash: string): boolean {
    return this.hash(key) === hash
  }
}
