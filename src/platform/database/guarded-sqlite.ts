import type BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { assertNoNul, failureOf } from './database-failure.ts'
import type { DatabaseHealth } from './database-health.ts'

/** A SQLite file whose failures are known as such. While it cannot be written, what is in it can still be read. */
export class GuardedSqlite implements SqliteDatabase {
  readonly #database: BetterSqlite3.Database
  readonly #health: DatabaseHealth

  constructor(database: BetterSqlite3.Database, health: DatabaseHealth) {
    this.#database = database
    this.#health = health
  }

  prepare(text: string): SqliteStatement {
    const statement = this.#guard(() => this.#database.prepare(text))
    const run = <Result>(parameters: readonly unknown[], work: () => Result): Result => {
      if (!statement.readonly) this.#health.assertUp()
      assertNoNul(parameters)
      return this.#guard(work)
    }
    return {
      reader: statement.reader,
      all: (parameters) => run(parameters, () => statement.all(...parameters)),
      run: (parameters) => run(parameters, () => statement.run(...parameters)),
      iterate: (parameters) => run(parameters, () => statement.iterate(...parameters)),
    }
  }

  close(): void {
    this.#health.close()
    this.#database.close()
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw failureOf(error, this.#health)
    }
  }
}
