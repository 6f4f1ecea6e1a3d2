import type { Scope } from '../identity.ts'

/** What a program signs in with, in the name of somebody. Times are milliseconds since the epoch. */
export type ApiKey = {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly hash: string
  /** How it begins, to know it again. */
  readonly prefix: string
  readonly createdAt: number
  readonly usedAt: number | null
  /** Null for one that does not expire. */
  readonly expiresAt: number | null
}

/** Keeps API keys. */
export interface ApiKeyStore {
  insert(key: ApiKey): Promise<void>
  find(id: string): Promise<ApiKey | undefined>
  findByHash(hash: string): Promise<ApiKey | undefined>
  /** Of one person or of all, newest first. */
  list(query: {
    userId?: string
    offset: number
    limit: number
  }): Promise<{ keys: readonly ApiKey[]; total: number }>
  touch(id: string, usedAt: number): Promise<void>
  /** False when it was not there. */
  remove(id: string): Promise<boolean>
  removeOf(userId: string): Promise<void>
}
