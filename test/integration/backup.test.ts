import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import { backUp } from '../../src/platform/database/backup/back-up.ts'
import { restore } from '../../src/platform/database/backup/restore.ts'
import { tablesOfVersion } from '../../src/platform/database/backup/schema-of-version.ts'
import { alone, migrate, VERSIONS } from '../../src/platform/database/migrate.ts'
import { connect, openDatabase } from '../../src/platform/database/open-database.ts'
import type { Schema } from '../../src/platform/database/schema.ts'
import { SqlBroadcastStore } from '../../src/platform/database/sql-broadcast-store.ts'
import { SqlViewingStore } from '../../src/platform/database/sql-viewing-store.ts'
import { PostgresServer } from '../support/postgres.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { viewingRecord } from '../support/viewing-record.ts'

const postgres = await PostgresServer.start()
const folder = temporaryFolder()
const opened: Kysely<Schema>[] = []
after(async () => {
  await Promise.all(opened.map((database) => database.destroy()))
  await postgres[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

let files = 0
const newFile = (kind: string) => folder.file(`${++files}.${kind}`)
const places = {
  SQLite: async () => newFile('sqlite'),
  PostgreSQL: () => postgres.createDatabase(),
}
const program = { version: '1.2.3', now: 1_795_000_000_000 }

async function open(place: string): Promise<Kysely<Schema>> {
  const database = await openDatabase(place)
  opened.push(database)
  return database
}

/** Two tables with what is hard to carry. */
async function filled(place: string, viewings = 1200): Promise<Kysely<Schema>> {
  const database = await open(place)
  const rows = Array.from({ length: viewings }, (_, index) =>
    viewingRecord({
      id: `viewing-${index}`,
      userId: index % 3 === 0 ? null : `Ünïcode "quoted" \\ 'it' \n 😀 ${index}`,
      bytes: 9_000_000_000_000 + index,
      secondsWatched: index / 7,
      endedAt: index % 2 === 0 ? null : index,
    }),
  )
  const store = new SqlViewingStore(database)
  for (let from = 0; from < rows.length; from += 500) await store.save(rows.slice(from, from + 500))
  await new SqlBroadcastStore(database).insert({
    ...{ id: 'kept', title: '', visibility: 'private', record: false, delivery: 'p2p', state: 'ended' },
    ...{ keyHash: 'h', chat: true, ownerId: null, createdAt: 1, startedAt: null, endedAt: 2 },
  })
  return database
}

/** Every row of every table. */
async function contentOf(database: Kysely<Schema>): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {}
  for (const [table, columns] of await tablesOfVersion()) {
    const { rows } = await sql`select ${sql.join(columns.map((column) => sql.ref(column)))}
      from ${sql.table(table)} order by 1, 2`.execute(database)
    content[table] = rows.map((row) => ({ ...(row as object) }))
  }
  return content
}

for (const [from, newSource] of Object.entries(places))
  for (const [to, newTarget] of Object.entries(places))
    test(`[DB40] what was backed up from ${from} is in ${to} as it was`, async () => {
      const source = await filled(await newSource())
      const file = newFile('backup')
      const target = await newTarget()

      const written = await backUp(source, file, program)
      const into = connect(target, { create: true })
      const read = await restore(into, file, { force: false })
      await into.destroy()

      assert.deepEqual(read, written)
      assert.deepEqual([written.rows['viewing'], written.rows['broadcast']], [1200, 1])
      assert.deepEqual(await contentOf(await open(target)), await contentOf(source))
      assert.equal(statSync(file).mode & 0o777, 0o600)
      assert.ok(!existsSync(`${file}.unfinished`))
    })

for (const [name, newPlace] of Object.entries(places))
  describe(name, () => {
    test('[DB41] a backup shows one moment, whatever is written meanwhile', async () => {
      const place = await newPlace()
      const source = await filled(place)
      const other = connect(place)
      const file = newFile('backup')

      const backup = backUp(other, file, program)
      const store = new SqlViewingStore(source)
      for (let index = 0; index < 40; index++) {
        await store.save([viewingRecord({ id: `late-${index}` })])
        await new SqlBroadcastStore(source).insert({
          ...{ id: `late-${index}`, title: '', visibility: 'public', record: true, delivery: 'sfu' },
          ...{
            state: 'created',
            keyHash: 'h',
            chat: true,
            ownerId: null,
            createdAt: 1,
            startedAt: null,
            endedAt: null,
          },
        })
      }
      const { rows } = await backup
      await other.destroy()

      const lateViewings = (rows['viewing'] ?? 0) - 1200
      const lateBroadcasts = (rows['broadcast'] ?? 0) - 1
      assert.ok(lateViewings - lateBroadcasts <= 1 && lateViewings >= lateBroadcasts)
    })

    test('[DB42] a database with data is left alone; with force it is replaced, by all or by nothing', async () => {
      const file = newFile('backup')
      await backUp(await filled(await newPlace(), 700), file, program)
      const torn = newFile('backup')
      const lines = gunzipSync(readFileSync(file)).toString().split('\n')
      writeFileSync(torn, gzipSync(lines.slice(0, -2).join('\n')))
      const place = await newPlace()
      const target = await filled(place, 3)
      const before = await contentOf(target)
      await target.destroy()
      const into = connect(place)
      opened.push(into)

      await assert.rejects(
        restore(into, file, { force: false }),
        /not empty: there are rows in "broadcast".*--force/,
      )
      await assert.rejects(restore(into, torn, { force: true }), /is damaged, or was cut off/)
      assert.deepEqual(await contentOf(into), before)

      const { rows } = await restore(into, file, { force: true })
      assert.equal(rows['viewing'], 700)
      assert.equal((await contentOf(into))['viewing']?.length, 700)
    })

    test('[DB43] a backup of an older version is restored and brought up to date', async () => {
      const [first = ''] = VERSIONS
      const old = connect(await newPlace(), { create: true })
      opened.push(old)
      await alone(old, (all) => migrate(all, first))
      await sql`insert into broadcast (id, title, visibility, record, delivery, state, key_hash, created_at)
        values ('old', '', 'public', 1, 'sfu', 'live', 'h', 5)`.execute(old)
      const file = newFile('backup')
      assert.deepEqual(await backUp(old, file, program), { schema: first, rows: { broadcast: 1 } })

      const place = await newPlace()
      const into = connect(place, { create: true })
      await restore(into, file, { force: false })
      await into.destroy()

      assert.equal((await new SqlBroadcastStore(await open(place)).find('old'))?.createdAt, 5)
    })

    test('[DB44] what is no backup, damaged or of a newer version is refused by name, and nothing is made', async () => {
      const file = newFile('backup')
      await backUp(await filled(await newPlace(), 1), file, program)
      const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
      const altered = (change: (lines: string[]) => string[]) => {
        const name = newFile('backup')
        writeFileSync(name, gzipSync(change([...lines]).join('\n') + '\n'))
        return name
      }
      const replaced = (pattern: RegExp | string, by: string) =>
        altered((all) => all.map((line) => line.replace(pattern, by)))
      const text = newFile('txt')
      writeFileSync(text, 'hello')
      const cut = newFile('backup')
      writeFileSync(cut, readFileSync(file).subarray(0, -20))
      const cases: [string, RegExp][] = [
        [newFile('missing'), /there is no file/],
        [text, /damaged, or no backup/],
        [cut, /damaged/],
        [altered((all) => all.slice(1)), /no backup of Klieg/],
        [replaced('"format":1', '"format":2'), /newer version of Klieg \(1\.2\.3\)/],
        [
          replaced(VERSIONS.at(-1) ?? '', '9999-future'),
          /newer version of Klieg \(1\.2\.3, at 9999-future\)/,
        ],
        [replaced('{"table":"broadcast"', '{"table":"pg_authid"'), /damaged/],
        [replaced('"key_hash"', '"key_hash\\" --"'), /damaged/],
        [replaced('["kept",', '[{"a":1},'), /damaged/],
        [replaced('["kept",', '['), /damaged/],
        [altered((all) => all.filter((line) => !line.startsWith('["kept"'))), /damaged/],
      ]
      const place = await newPlace()
      const into = connect(place, { create: true })
      opened.push(into)
      for (const [name, reason] of cases)
        await assert.rejects(restore(into, name, { force: true }), reason, String(reason))
      assert.deepEqual(await into.introspection.getTables({ withInternalKyselyTables: true }), [])
    })
  })

test('[DB45] tables of others in the same PostgreSQL are neither backed up nor removed', async () => {
  const place = await postgres.createDatabase()
  const source = await filled(place, 1)
  await sql`create table invoices (id text)`.execute(source)
  await sql`create schema billing create table viewing (id text)`.execute(source)
  await sql`insert into invoices values ('not ours')`.execute(source)
  await sql`insert into billing.viewing values ('not ours either')`.execute(source)
  const file = newFile('backup')
  await backUp(source, file, program)
  await source.destroy()
  assert.ok(!gunzipSync(readFileSync(file)).includes('not ours'))

  const into = connect(place)
  opened.push(into)
  await restore(into, file, { force: true })
  const { rows } = await sql<{
    id: string
  }>`select id from invoices union all select id from billing.viewing`.execute(into)
  assert.equal(rows.length, 2)
})

test('[DB46] columns are of types that both databases have, without sequences and foreign keys', async () => {
  const database = await open(':memory:')
  const tables = await database.introspection.getTables()
  const odd = tables.flatMap(({ name, columns }) =>
    columns
      .filter(
        ({ dataType, isAutoIncrementing }) =>
          isAutoIncrementing || !/^(text|varchar\(\d+\)|integer|bigint|double precision)$/i.test(dataType),
      )
      .map((column) => `${name}.${column.name}: ${column.dataType}`),
  )
  const { rows: foreign } = await sql<{ table: string }>`
    select m.name as "table" from sqlite_master m, pragma_foreign_key_list(m.name)`.execute(database)
  assert.deepEqual([odd, foreign], [[], []])
})

test('[DB47] klieg db moves a server from SQLite to PostgreSQL, and says what it did', async () => {
  const dataDir = folder.file('moving')
  const url = await postgres.createDatabase()
  const klieg = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, '../../bin/klieg.ts'), 'db', ...args], {
      encoding: 'utf8',
      env: { ...process.env, KLIEG_DATA_DIR: dataDir, ...env },
      timeout: 30_000,
    })
  const [first = ''] = VERSIONS
  const file = folder.file('moving.backup')

  const none = klieg(['backup', file])
  assert.deepEqual([none.status, /there is no database at/.test(none.stderr)], [1, true], none.stderr)
  assert.match(klieg(['migrate', '--to', first]).stdout, new RegExp(`^Made ${first}\\.`))
  assert.match(klieg(['migrate']).stdout, new RegExp(`^Made .*${VERSIONS.at(-1)}\\.`))
  assert.match(klieg(['migrate']).stdout, /^Nothing to do/)
  await filled(path.join(dataDir, 'klieg.sqlite'), 20)
  assert.match(klieg(['backup', file]).stdout, /holds 21 rows of \d+ tables/)

  const moved = klieg(['restore', file], { KLIEG_DATABASE_URL: url })
  assert.match(moved.stdout, /^Restored 21 rows/, moved.stderr)
  const again = klieg(['restore', file], { KLIEG_DATABASE_URL: url })
  assert.deepEqual([again.status, /--force/.test(again.stderr)], [1, true], again.stderr)
  const away = klieg(['backup', file], { KLIEG_DATABASE_URL: 'postgres://me:planted@127.0.0.1:9/none' })
  assert.deepEqual([away.status, /ECONNREFUSED/.test(away.stderr)], [1, true], away.stderr)
  assert.ok(!away.stderr.includes('planted'))
})
