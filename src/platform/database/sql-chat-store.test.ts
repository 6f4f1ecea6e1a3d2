import { describeChatStore } from '../../../test/support/chat-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlChatStore } from './sql-chat-store.ts'

describeChatStore('SqlChatStore on SQLite', async () => new SqlChatStore(await openDatabase(':memory:')))
