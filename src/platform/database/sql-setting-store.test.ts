import { describeSettingStore } from '../../../test/support/setting-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlSettingStore } from './sql-setting-store.ts'

describeSettingStore(
  'SqlSettingStore on SQLite',
  async () => new SqlSettingStore(await openDatabase(':memory:')),
)
