import { BroadcastError } from '../../core/errors.ts'
import type { DatabaseHealth } from './database-health.ts'

/** Conditions of PostgreSQL under which no connection works: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOST = /^(08...|57P0[1-5]|53300)$/
/** A statement that took too long, waited for a lock too long, or found no room: it may work later. */
const TROUBLE = /^(57014|55P03|53...|40P01|40001|25006)$/
/** better-sqlite3's, with all their extended codes. */
const SQLITE_LOST = /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN|PROTOCOL|NOTADB|CORRUPT)/

/** What a query that failed is for whoever asked: `overloaded` where the database is to blame, else the error itself. */
export function failureOf(error: unknown, health: DatabaseHealth): unknown {
  if (error instanceof BroadcastError) return error
  if (isLost(error)) return health.suspect(error)
  const code = codeOf(error)
  if (TROUBLE.test(code) || isFull(error))
    return new BroadcastError('overloaded', 'the database has too much to do', {
      retryAfter: 5,
      cause: error,
    })
  return error
}

/** All connections are lent for longer than anybody should wait. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

/** The connection or the file is of no use now. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error)
  if (LOST.test(code) || SQLITE_LOST.test(code)) return true
  // What pg and the network report has no SQLSTATE.
  return !SQLSTATE.test(code) && isFromTheWire(error)
}

const SQLSTATE = /^[0-9A-Z]{5}$/
const FROM_THE_WIRE =
  /^(Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed)/

function isFromTheWire(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return FROM_THE_WIRE.test(error.message) || 'syscall' in error || error instanceof AggregateError
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** PostgreSQL has no room for U+0000 in a text; SQLite has, and does the same here. */
export function assertNoNul(parameters: readonly unknown[]): void {
  for (const parameter of parameters)
    if (typeof parameter === 'string' && parameter.includes('\0'))
      throw new BroadcastError('bad-request', 'a text may not contain the character U+0000')
}
