import { describeAuditStore } from './audit-store-contract.ts'
import { FakeAuditStore } from './fake-audit-store.ts'

describeAuditStore('FakeAuditStore', async () => new FakeAuditStore())
