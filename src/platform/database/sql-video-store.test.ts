import { describeVideoStore } from '../../../test/support/video-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlVideoStore } from './sql-video-store.ts'

describeVideoStore('SqlVideoStore on SQLite', async () => new SqlVideoStore(await openDatabase(':memory:')))
