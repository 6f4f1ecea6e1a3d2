import { describeChatStore } from './chat-store-contract.ts'
import { FakeChatStore } from './fake-chat-store.ts'

describeChatStore('FakeChatStore', async () => new FakeChatStore())
