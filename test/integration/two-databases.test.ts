import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../../src/app/config/read-config.ts'
import { databaseFinding } from '../../src/app/doctor/database-finding.ts'
import { BroadcastError } from '../../src/core/errors.ts'
import { alone, migrate, VERSIONS, versionOf } from '../../src/platform/database/migrate.ts'
import { connect, openDatabase } from '../../src/platform/database/open-database.ts'
import { SqlViewingStore } from '../../src/platform/database/sql-viewing-store.ts'
import { PostgresServer } from '../support/postgres.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { viewingRecord } from '../support/viewing-record.ts'

const postgres = await PostgresServer.start()
const folder = temporaryFolder()
after(async () => {
  await postgres[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

let files = 0
const places: [string, () => Promise<string>][] = [
  ['SQLite', async () => folder.file(`${++files}.sqlite`)],
  ['PostgreSQL', () => postgres.createDatabase()],
]

for (const [name, newPlace] of places)
  describe(name, () => {
    test('[DB31] numbers are numbers, in a column, a count and a sum, and texts go by their bytes', async () => {
      const database = await openDatabase(await newPlace())
      const store = new SqlViewingStore(database)
      const ids = ['b', 'B', 'a', 'Z', 'ä', '_', 'aa', '1']
      await store.save(ids.map((id) => viewingRecord({ id, bytes: 6_000_000_000, startedAt: 1 })))

      const { count, bytes, most } = await database
        .selectFrom('viewing')
        .select(({ fn }) => [
          fn.countAll().as('count'),
          fn.sum('bytes').as('bytes'),
          fn.max('bytes').as('most'),
        ])
        .executeTakeFirstOrThrow()
      const { records } = await store.list({}, { offset: 0, limit: 10 })

      assert.deepEqual([count, bytes, most], [8, 48_000_000_000, 6_000_000_000])
      assert.deepEqual(
        records.map(({ id }) => id),
        ids.toSorted((a, b) => Buffer.compare(Buffer.from(b), Buffer.from(a))),
      )
      await database.destroy()
    })

    test('[DB32] a text with U+0000 is a bad request, whether it is stored or looked for', async () => {
      const database = await openDatabase(await newPlace())
      const store = new SqlViewingStore(database)
      const isBad = (error: unknown) => error instanceof BroadcastError && error.code === 'bad-request'

      await assert.rejects(store.save([viewingRecord({ userId: 'a\0b' })]), isBad)
      await assert.rejects(store.list({ text: '\0' }, { offset: 0, limit: 1 }), isBad)
      await database.destroy()
    })

    test('[DB33] those who open it at once bring it up to date once, and all can use it', async () => {
      const place = await newPlace()
      const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase(place)))
      const counts = await Promise.all(
        opened.map((database) => sql`select * from kysely_migration`.execute(database)),
      )
      assert.deepEqual(
        counts.map(({ rows }) => rows.length),
        Array(4).fill(VERSIONS.length),
      )
      await Promise.all(opened.map((database) => database.destroy()))
    })

    test('[DB34] a database of a newer program is refused by name, and stays as it is', async () => {
      const place = await newPlace()
      const first = await openDatabase(place)
      await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01T00:00:00Z')`.execute(
        first,
      )
      await first.destroy()

      await assert.rejects(
        openDatabase(place),
        /newer version of Klieg: it has 9999-future.*restore a backup/,
      )
      const seen = connect(place)
      assert.deepEqual(await versionOf(seen), { version: '9999-future', unknown: ['9999-future'] })
      await seen.destroy()
    })

    test('[DB35] migrations that fail leave nothing behind; they go up to where is wished, and not back', async () => {
      const place = await newPlace()
      const database = connect(place, { create: true })
      const [first = '', second = ''] = VERSIONS
      await alone(database, (all) => migrate(all, first))
      assert.equal((await versionOf(database)).version, first)

      await assert.rejects(
        alone(database, async (all) => {
          await migrate(all, second)
          throw new Error('the disk is full')
        }),
        /the disk is full/,
      )
      assert.equal((await versionOf(database)).version, first)
      assert.equal((await alone(database, (all) => migrate(all))).length, VERSIONS.length - 1)
      await assert.rejects(
        alone(database, (all) => migrate(all, first)),
        /only go forward/,
      )
      await assert.rejects(
        alone(database, (all) => migrate(all, 'nonsense')),
        /no migration "nonsense"/,
      )
      await database.destroy()
    })
  })

test('[DB36] a PostgreSQL that is not there yet is waited for; what waiting does not mend is told at once', async () => {
  const url = await postgres.createDatabase()
  const wrong = new URL(url)
  wrong.password = 'planted'
  await assert.rejects(openDatabase(wrong.href, { patience: 60_000 }), (error: Error) => {
    assert.match(error.message, /cannot be used: password authentication failed for user "klieg"/)
    return !JSON.stringify(error).includes('planted')
  })
  await assert.rejects(
    openDatabase(postgres.url('nowhere'), { patience: 60_000 }),
    /"nowhere" does not exist/,
  )

  await postgres.stop()
  await assert.rejects(openDatabase(url), /cannot be used: connect ECONNREFUSED 127\.0\.0\.1/)
  const opening = openDatabase(url, { patience: 60_000 })
  await postgres.start()
  await (await opening).destroy()
})

test('[DB49] the doctor finds what keeps a database from working', async () => {
  const url = await postgres.createDatabase()
  const dataDir = folder.file('doctor')
  const examined = (databaseUrl: string, more: object = {}) =>
    databaseFinding({ ...readConfig({}, folder.file('none.json')), dataDir, databaseUrl, ...more })
  const told = async (...asked: Parameters<typeof examined>) => {
    const { ok, what, cure = '' } = await examined(...asked)
    assert.ok(!`${what}${cure}`.includes('p%40ss') && !`${what}${cure}`.includes('p@ss'), what)
    return `${ok ? 'ok' : 'bad'}: ${what} ${cure}`
  }

  assert.match(await told(''), /^ok: SQLite in .* made at the first start/)
  assert.match(
    await told(url),
    /^ok: PostgreSQL at 127\.0\.0\.1:\d+ \(\d+.*not encrypted\) is at nothing yet/,
  )
  await (await openDatabase(url)).destroy()
  assert.match(await told(url), /^ok: .* is up to date/)
  assert.match(
    await told(url, { databaseConnections: 40 }),
    /^bad: .*allows 40 conn.*DATABASE_CONNECTIONS to 35/,
  )
  await postgres.query(`create role guest login password 'p@ss'`)
  const guest = new URL(await postgres.createDatabase())
  Object.assign(guest, { username: 'guest', password: 'p%40ss' })
  assert.match(await told(guest.href), /^bad: .*may not make tables Let it: grant create/)
  guest.password = 'wrong'
  assert.match(await told(guest.href), /^bad: .*password authentication failed.*KLIEG_DATABASE_URL/)

  mkdirSync(dataDir)
  const file = path.join(dataDir, 'klieg.sqlite')
  const sqlite = await openDatabase(file)
  assert.match(await told(''), /^ok: SQLite in .* is up to date/)
  await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01T00:00:00Z')`.execute(
    sqlite,
  )
  await sqlite.destroy()
  assert.match(await told(''), /^bad: .*newer version of Klieg/)
  writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(20))
  assert.match(await told(''), /^bad: .*not a database/)
})

test('[DB37] the URL says how far TLS is trusted', async () => {
  const key = folder.file('server.key')
  const certificate = folder.file('server.crt')
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', key, '-out', certificate],
  ])
  assert.equal(made.status, 0, String(made.stderr))
  await using secured = await PostgresServer.start({
    ssl: 'on',
    ssl_key: readFileSync(key, 'utf8'),
    ssl_cert: readFileSync(certificate, 'utf8'),
  })
  const isEncrypted = async (parameters: string) => {
    const database = connect(secured.url('postgres', parameters))
    try {
      const { rows } = await sql<{ ssl: boolean }>`
        select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database)
      return rows[0]?.ssl
    } finally {
      await database.destroy()
    }
  }

  assert.equal(await isEncrypted('?sslmode=disable'), false)
  assert.equal(await isEncrypted(`?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate)}`), true)
  assert.equal(await isEncrypted('?sslmode=no-verify'), true)
  await assert.rejects(
    openDatabase(secured.url('postgres', '?sslmode=verify-full')),
    /self-signed certificate/,
  )
})
