import { describeAuditStore } from '../../../test/support/audit-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlAuditStore } from './sql-audit-store.ts'

describeAuditStore('SqlAuditStore on SQLite', async () => new SqlAuditStore(await openDatabase(':memory:')))
