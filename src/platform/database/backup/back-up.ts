import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Kysely } from 'kysely'
import { assertNotNewer, SchemaError, versionOf } from '../migrate.ts'
import type { Schema } from '../schema.ts'
import { type BackupSummary, FORMAT } from './backup-format.ts'
import { type Tables, tablesOfVersion } from './schema-of-version.ts'

/** Rows of one write. */
const PORTION = 500
const OWNER_ONLY = 0o600

type AnyTable = Kysely<Record<string, Record<string, unknown>>>

/** Writes all that the database holds at one moment to `file`, while it is in use. The file is there when it is whole. */
export async function backUp(
  database: Kysely<Schema>,
  file: string,
  { version, now }: { version: string; now: number },
): Promise<BackupSummary> {
  const rows: Record<string, number> = {}
  const unfinished = `${file}.unfinished`
  try {
    const schema = await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (snapshot) => {
        await assertNotNewer(snapshot)
        const { version: made } = await versionOf(snapshot)
        if (made === undefined) throw new SchemaError('there is no database of Klieg')
        const createdAt = new Date(now).toISOString()
        const header = { klieg: 'backup', format: FORMAT, schema: made, version, createdAt }
        const lines = linesOf(snapshot as unknown as AnyTable, await tablesOfVersion(made), rows)
        await pipeline(
          Readable.from(withHeader(header, lines)),
          createGzip(),
          createWriteStream(unfinished, { mode: OWNER_ONLY }),
        )
        return made
      })
    await flush(unfinished)
    await rename(unfinished, file)
    return { schema, rows }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function* withHeader(header: object, lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  yield* lines
}

async function* linesOf(
  snapshot: AnyTable,
  tables: Tables,
  rows: Record<string, number>,
): AsyncGenerator<string> {
  for (const [table, columns] of tables) {
    yield `${JSON.stringify({ table, columns })}\n`
    rows[table] = 0
    let waiting: string[] = []
    for await (const row of snapshot.selectFrom(table).select(columns).stream(PORTION)) {
      rows[table]++
      waiting.push(JSON.stringify(columns.map((column) => row[column])))
      if (waiting.length < PORTION) continue
      yield `${waiting.join('\n')}\n`
      waiting = []
    }
    if (waiting.length > 0) yield `${waiting.join('\n')}\n`
  }
  yield `${JSON.stringify({ end: rows })}\n`
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
