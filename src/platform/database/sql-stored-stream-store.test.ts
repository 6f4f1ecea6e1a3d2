import { describeStoredStreamStore } from '../../../test/support/stored-stream-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlStoredStreamStore } from './sql-stored-stream-store.ts'

describeStoredStreamStore(
  'SqlStoredStreamStore on SQLite',
  async () => new SqlStoredStreamStore(await openDatabase(':memory:')),
)
