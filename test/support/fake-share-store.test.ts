import { FakeShareStore } from './fake-share-store.ts'
import { describeShareStore } from './share-store-contract.ts'

describeShareStore('FakeShareStore', async () => new FakeShareStore())
