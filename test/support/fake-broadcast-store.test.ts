import { describeBroadcastStore } from './broadcast-store-contract.ts'
import { FakeBroadcastStore } from './fake-broadcast-store.ts'

describeBroadcastStore('FakeBroadcastStore', async () => new FakeBroadcastStore())
