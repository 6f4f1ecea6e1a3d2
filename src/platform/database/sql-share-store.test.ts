import { describeShareStore } from '../../../test/support/share-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlShareStore } from './sql-share-store.ts'

describeShareStore('SqlShareStore on SQLite', async () => new SqlShareStore(await openDatabase(':memory:')))
