import type { Revocation } from '../authentication.ts'
import { BroadcastError } from '../errors.ts'
import type { Role, Scope } from '../identity.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { ApiKey, ApiKeyStore } from './api-key-store.ts'
import { API_KEY_PREFIX } from './own-authentication.ts'
import type { User } from './user-store.ts'

export type ApiKeysOptions = {
  apiKeys: ApiKeyStore
  secrets: Secrets
  clock: Clock
  logger: Logger
  revoke: (fact: Revocation) => void
}

export type NewApiKey = {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; null for one that does not expire. */
  readonly expiresAt: number | null
}

/** How much of a key may be shown. */
const SHOWN = API_KEY_PREFIX.length + 6
const MAX_KEYS = 100

/** Keys with which programs act for somebody. */
export class ApiKeys {
  readonly #options: ApiKeysOptions

  constructor(options: ApiKeysOptions) {
    this.#options = options
  }

  /** The key itself is told this once. Rejects with `not-allowed` for a scope beyond the role, or with `bad-request`. */
  async make(user: Pick<User, 'id' | 'role'>, wanted: NewApiKey): Promise<{ key: ApiKey; secret: string }> {
    const { apiKeys, secrets, clock, logger } = this.#options
    const beyond = wanted.scopes.find((scope) => !MAY_HAVE[user.role].includes(scope))
    if (beyond !== undefined)
      throw new BroadcastError('not-allowed', `a ${user.role} cannot have keys for "${beyond}"`)
    if (wanted.expiresAt !== null && wanted.expiresAt <= clock.now())
      throw new BroadcastError('bad-request', 'this key would have expired already')
    if ((await this.list({ userId: user.id, offset: 0, limit: 1 })).total >= MAX_KEYS)
      throw new BroadcastError('bad-request', `${MAX_KEYS} keys are enough: revoke one first`)
    const secret = API_KEY_PREFIX + secrets.newToken()
    const key: ApiKey = {
      ...{
        id: secrets.newId(),
        userId: user.id,
        name: wanted.name.trim(),
        scopes: [...new Set(wanted.scopes)],
      },
      ...{ hash: secrets.hash(secret), prefix: secret.slice(0, SHOWN) },
      ...{ createdAt: clock.now(), usedAt: null, expiresAt: wanted.expiresAt },
    }
    await apiKeys.insert(key)
    logger.info({ user: user.id, key: key.id }, 'API key made')
    return { key, secret }
  }

  list(query: Parameters<ApiKeyStore['list']>[0]): ReturnType<ApiKeyStore['list']> {
    return this.#options.apiKeys.list(query)
  }

  /** Of this person, or of anybody where none is named. Rejects with `key-not-found`. */
  async revoke(id: string, userId?: string): Promise<void> {
    const { apiKeys, logger, revoke } = this.#options
    const key = await apiKeys.find(id)
    const isTheirs = key && (userId === undefined || key.userId === userId)
    if (!isTheirs || !(await apiKeys.remove(id)))
      throw new BroadcastError('key-not-found', 'there is no such key')
    revoke({ personId: key.userId, keyId: id })
    logger.info({ user: key.userId, key: id }, 'API key revoked')
  }
}

const MAY_HAVE: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ['broadcasts', 'watch', 'library', 'admin'],
  broadcaster: ['broadcasts', 'watch', 'library'],
  viewer: ['watch', 'library'],
}
