import { FakeStoredStreamStore } from './fake-stored-stream-store.ts'
import { describeStoredStreamStore } from './stored-stream-store-contract.ts'

describeStoredStreamStore('FakeStoredStreamStore', async () => new FakeStoredStreamStore())
