import { FakeBroadcastStore } from './fake-broadcast-store.ts'
import { FakeRecordingStore } from './fake-recording-store.ts'
import { describeRecordingStore } from './recording-store-contract.ts'

describeRecordingStore('FakeRecordingStore', async () => {
  const broadcasts = new FakeBroadcastStore()
  return { broadcasts, recordings: new FakeRecordingStore(broadcasts) }
})
