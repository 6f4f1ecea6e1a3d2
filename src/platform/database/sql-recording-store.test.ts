import { describeRecordingStore } from '../../../test/support/recording-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlBroadcastStore } from './sql-broadcast-store.ts'
import { SqlRecordingStore } from './sql-recording-store.ts'

describeRecordingStore('SqlRecordingStore on SQLite', async () => {
  const database = await openDatabase(':memory:')
  return { broadcasts: new SqlBroadcastStore(database), recordings: new SqlRecordingStore(database) }
})
