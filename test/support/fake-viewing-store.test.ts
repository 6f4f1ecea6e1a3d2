import { FakeViewingStore } from './fake-viewing-store.ts'
import { describeViewingStore } from './viewing-store-contract.ts'

describeViewingStore('FakeViewingStore', async () => new FakeViewingStore())
