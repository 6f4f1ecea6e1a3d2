import { type ChatAuthor, authorOf, type Newcomer } from '../../src/core/chat/chat-author.ts'
import type { ChatEvent, ChatListener } from '../../src/core/chat/chat-room.ts'
import { ChatRooms } from '../../src/core/chat/chat-rooms.ts'
import { FakeChatStore } from './fake-chat-store.ts'
import { FakeLogger } from './fake-logger.ts'
import { restRig } from './rest-rig.ts'

/** Hears everything in a room. */
export class FakeChatListener implements ChatListener {
  readonly author: ChatAuthor
  readonly heard: ChatEvent[] = []

  constructor(author: ChatAuthor) {
    this.author = author
  }

  hear(event: ChatEvent): void {
    this.heard.push(event)
  }

  of<Type extends ChatEvent['type']>(type: Type): Extract<ChatEvent, { type: Type }>[] {
    return this.heard.filter((event) => event.type === type) as Extract<ChatEvent, { type: Type }>[]
  }
}

/** Rooms over fakes, and people for them. */
export async function chatRig({ open = false } = {}) {
  const rig = await restRig()
  const store = new FakeChatStore()
  const logger = new FakeLogger()
  const rooms = new ChatRooms({ ...rig, store, logger })
  const { broadcast } = await rig.broadcasts.create({ id: 'lecture', title: 'Lecture' })
  const hash = (text: string) => `#${text}`
  const author = (changes: Partial<Newcomer> = {}) =>
    authorOf(
      'lecture',
      { isHost: false, person: undefined, guest: 'g1', name: 'Ann', address: '192.0.2.1', ...changes },
      { hash, open },
    )
  return { ...rig, store, logger, rooms, broadcast, author, hash }
}
