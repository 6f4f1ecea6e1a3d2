import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import type { Kysely } from 'kysely'
import { openDatabase } from '../../src/platform/database/open-database.ts'
import type { Schema } from '../../src/platform/database/schema.ts'
import { SqlAuditStore } from '../../src/platform/database/sql-audit-store.ts'
import { SqlBroadcastStore } from '../../src/platform/database/sql-broadcast-store.ts'
import { SqlChatStore } from '../../src/platform/database/sql-chat-store.ts'
import { sqlPeopleStores } from '../../src/platform/database/sql-people-stores.ts'
import { SqlDeliveryStore } from '../../src/platform/database/sql-delivery-store.ts'
import { SqlRecordingStore } from '../../src/platform/database/sql-recording-store.ts'
import { SqlSettingStore } from '../../src/platform/database/sql-setting-store.ts'
import { SqlShareStore } from '../../src/platform/database/sql-share-store.ts'
import { SqlStoredStreamStore } from '../../src/platform/database/sql-stored-stream-store.ts'
import { SqlVideoStore } from '../../src/platform/database/sql-video-store.ts'
import { SqlViewingStore } from '../../src/platform/database/sql-viewing-store.ts'
import { SqlWebhookStore } from '../../src/platform/database/sql-webhook-store.ts'
import { describeAuditStore } from '../support/audit-store-contract.ts'
import { describeBroadcastStore } from '../support/broadcast-store-contract.ts'
import { describeChatStore } from '../support/chat-store-contract.ts'
import { PostgresServer } from '../support/postgres.ts'
import { describePeopleStore } from '../support/people-store-contract.ts'
import { describeRecordingStore } from '../support/recording-store-contract.ts'
import { describeSettingStore } from '../support/setting-store-contract.ts'
import { describeShareStore } from '../support/share-store-contract.ts'
import { describeStoredStreamStore } from '../support/stored-stream-store-contract.ts'
import { describeVideoStore } from '../support/video-store-contract.ts'
import { describeViewingStore } from '../support/viewing-store-contract.ts'
import { describeWebhookStore } from '../support/webhook-store-contract.ts'

const postgres = await PostgresServer.start()
const template = new URL(await postgres.createDatabase()).pathname.slice(1)
await (await openDatabase(postgres.url(template))).destroy()

let opened: Kysely<Schema> | undefined
after(async () => {
  await opened?.destroy()
  await postgres[Symbol.asyncDispose]()
})

/** Empty and up to date; the one before it is let go. */
async function database(): Promise<Kysely<Schema>> {
  await opened?.destroy()
  opened = await openDatabase(await postgres.createDatabase(template))
  return opened
}

describeAuditStore('SqlAuditStore on PostgreSQL', async () => new SqlAuditStore(await database()))
describeBroadcastStore('SqlBroadcastStore on PostgreSQL', async () => new SqlBroadcastStore(await database()))
describeChatStore('SqlChatStore on PostgreSQL', async () => new SqlChatStore(await database()))
describePeopleStore('sqlPeopleStores on PostgreSQL', async () => sqlPeopleStores(await database()))
describeRecordingStore('SqlRecordingStore on PostgreSQL', async () => {
  const shared = await database()
  return { broadcasts: new SqlBroadcastStore(shared), recordings: new SqlRecordingStore(shared) }
})
describeSettingStore('SqlSettingStore on PostgreSQL', async () => new SqlSettingStore(await database()))
describeShareStore('SqlShareStore on PostgreSQL', async () => new SqlShareStore(await database()))
describeStoredStreamStore(
  'SqlStoredStreamStore on PostgreSQL',
  async () => new SqlStoredStreamStore(await database()),
)
describeVideoStore('SqlVideoStore on PostgreSQL', async () => new SqlVideoStore(await database()))
describeViewingStore('SqlViewingStore on PostgreSQL', async () => new SqlViewingStore(await database()))
describeWebhookStore('SqlWebhookStore and SqlDeliveryStore on PostgreSQL', async () => {
  const shared = await database()
  return { webhooks: new SqlWebhookStore(shared), deliveries: new SqlDeliveryStore(shared) }
})

test('[DB30] every store that is kept in SQL keeps its contract on PostgreSQL too', () => {
  const folder = path.join(import.meta.dirname, '../../src/platform/database')
  const here = readFileSync(import.meta.filename, 'utf8')
  const contracts = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap(
      (file) => readFileSync(path.join(folder, file), 'utf8').match(/\bdescribe\w+Store\b(?=\()/g) ?? [],
    )
  assert.ok(contracts.length > 4)
  for (const contract of contracts)
    assert.ok(here.includes(`\n${contract}(`), `${contract} does not run here`)
})
