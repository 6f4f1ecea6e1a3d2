import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import pg, { type Pool, type PoolClient } from 'pg'
import { assertNoNul, failureOf, isFull, isLost } from './database-failure.ts'
import type { DatabaseHealth } from './database-health.ts'

/** Milliseconds within which a server says goodbye. */
const CLOSE_WITHIN = 2_000
const LOOK_WITHIN = 3_000

/** Connections to PostgreSQL whose failures are known as such. */
export class GuardedPool implements PostgresPool {
  readonly options: object
  readonly #pool: Pool
  readonly #health: DatabaseHealth
  readonly #clients = new Set<PoolClient>()

  constructor(pool: Pool, health: DatabaseHealth) {
    this.#pool = pool
    this.#health = health
    this.options = pool.options
    pool.on('connect', (client) => {
      this.#clients.add(client)
      // One that is lent and lost between two queries tells nobody but its listeners.
      client.on('error', (error) => health.suspect(error))
    })
    pool.on('remove', (client) => this.#clients.delete(client))
    pool.on('error', (error) => health.suspect(error))
  }

  async connect(): Promise<PostgresPoolClient> {
    this.#health.assertUp()
    try {
      return new GuardedClient(await this.#pool.connect(), this.#health)
    } catch (error) {
      throw isFull(error) ? failureOf(error, this.#health) : this.#health.suspect(error)
    }
  }

  /** Rejects while the server does not answer. By a connection of its own where all are lent: busy is not lost. */
  async look(): Promise<void> {
    if (this.#pool.idleCount > 0) {
      const client = await this.#pool.connect()
      try {
        await ask(client)
        client.release()
        return
      } catch (error) {
        client.release(true)
        throw error
      }
    }
    const client = new pg.Client(this.#pool.options)
    client.on('error', () => {}) // connect and query tell it too
    try {
      await client.connect()
      await ask(client)
    } finally {
      void client.end().catch(() => undefined)
    }
  }

  /** A server that does not answer is not waited for. */
  async end(): Promise<void> {
    this.#health.close()
    const ended = this.#pool.end()
    await Promise.race([ended, sleep(CLOSE_WITHIN, undefined, { ref: false })])
    this.hangUp()
  }

  /** Ends every connection at once, and so all that waits for an answer. */
  hangUp(): void {
    for (const client of this.#clients) streamOf(client)?.destroy()
  }
}

class GuardedClient implements PostgresPoolClient {
  readonly #client: PoolClient
  readonly #health: DatabaseHealth
  #broken: unknown

  constructor(client: PoolClient, health: DatabaseHealth) {
    this.#client = client
    this.#health = health
  }

  get processID(): number {
    return (this.#client as unknown as { processID: number }).processID
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query<R>(
    what: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof what === 'string') return this.#query<R>(what, parameters)
    return this.#client.query(what as never)
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#broken !== undefined)
  }

  async #query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (this.#broken !== undefined) throw this.#health.refusal(this.#broken)
    assertNoNul(parameters)
    try {
      return (await this.#client.query(text, [...parameters])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      if (isLost(error)) this.#broken = error
      throw failureOf(error, this.#health)
    }
  }
}

async function ask(client: pg.ClientBase): Promise<void> {
  await client.query({ text: 'select 1', query_timeout: LOOK_WITHIN } as { text: string })
}

/** pg has no other way to hang up on a server that is silent. */
function streamOf(client: pg.ClientBase): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream
}
