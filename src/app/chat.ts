import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import type { Access } from '../core/access.ts'
import type { AuthorRules } from '../core/chat/chat-author.ts'
import { ChatRooms, type ChatRoomsOptions } from '../core/chat/chat-rooms.ts'
import { BroadcastError } from '../core/errors.ts'
import type { GuessLimit } from '../core/guess-limit.ts'
import type { Grant } from '../core/doorkeeper.ts'
import type { Recordings } from '../core/recording/recordings.ts'
import type { Visitor } from '../core/visitor.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlChatStore } from '../platform/database/sql-chat-store.ts'
import type { Admission, ChatAccess } from '../protocols/chat/chat-access.ts'
import { chatPlugin } from '../protocols/chat/chat-plugin.ts'
import { ChatRoute } from '../protocols/chat/chat-route.ts'
import { replayedChatPlugin } from '../protocols/chat/replayed-chat-plugin.ts'
import type { PlaceLimits } from '../protocols/follower-places.ts'
import { asRecording } from '../protocols/recordings/recording-doors.ts'
import { watcherOf } from '../protocols/visitor.ts'

type Parts = Omit<ChatRoomsOptions, 'store'>

/** The chats of all broadcasts, kept in the database. */
export function openChat(database: Kysely<Schema>, parts: Parts): ChatRooms {
  return new ChatRooms({ ...parts, store: new SqlChatStore(database) })
}

export type ChatNeeds = Pick<Parts, 'clock' | 'logger' | 'secrets'> & {
  open: boolean
  /** Keys the hashes of addresses. */
  secret: string
  access: Pick<Access, 'doorkeeper' | 'watchAccess' | 'grants'>
  guesses: GuessLimit
  recordings: Pick<Recordings, 'get' | 'journals'>
  addressOf: (request: IncomingMessage) => string
  places?: PlaceLimits
}

/** Its routes; what is returned takes the WebSockets. */
export async function installChat(
  fastify: FastifyInstance,
  rooms: ChatRooms,
  needs: ChatNeeds,
): Promise<ChatRoute> {
  const access = chatAccess(needs)
  await fastify.register(chatPlugin, { rooms, access })
  await fastify.register(replayedChatPlugin, { rooms, access })
  return new ChatRoute({ ...needs, rooms, access, rules: authorRules(needs) })
}

function authorRules({ secret, open }: Pick<ChatNeeds, 'secret' | 'open'>): AuthorRules {
  return {
    open,
    hash: (text) => createHmac('sha256', secret).update(`chat ${text}`).digest('base64url').slice(0, 22),
  }
}

/** Who may do what in a chat, asked where everything is asked. */
function chatAccess({ access, guesses, recordings }: ChatNeeds): ChatAccess {
  const { doorkeeper, watchAccess } = access
  return {
    enter: (id, visitor) => guesses.guard(visitor, () => enter(access, id, visitor)),
    async read(id, request) {
      const visitor = watcherOf(request)
      return (await guesses.guard(visitor, () => watchAccess.see(id, visitor))).broadcast
    },
    async moderate(id, visitor) {
      return (await guesses.guard(visitor, () => doorkeeper.enter('moderate', id, visitor))).broadcast
    },
    replay(id, request) {
      const player = watcherOf(request)
      return guesses.guard(player, () =>
        asRecording(async () => {
          const record = await recordings.get(id)
          const { grant } = await watchAccess.enterPlayer(record.broadcastId, player)
          const renditions = record.state === 'failed' ? [] : await recordings.journals(id)
          return { ...record, broadcast: grant.broadcast, renditions }
        }),
      )
    },
  }
}

async function enter(
  { doorkeeper, watchAccess, grants }: ChatNeeds['access'],
  id: string,
  visitor: Visitor,
): Promise<Admission> {
  const seeing = await watchAccess.see(id, visitor)
  const moderating = await granted(doorkeeper.enter('moderate', id, visitor), visitor)
  const { identity } = visitor
  const speaking =
    identity && (await granted(doorkeeper.enter('chat-as-member', id, { ...visitor, token: undefined })))
  const all = [seeing, moderating, speaking].filter((grant) => grant !== undefined)
  const { asker } = moderating ?? {}
  return {
    broadcast: seeing.broadcast,
    person: speaking && identity.person,
    isHost: asker?.brings === 'stream-key' || asker?.identity !== undefined,
    mayModerate: moderating !== undefined,
    async assertHolds() {
      for (const grant of all) await watchAccess.assertHolds(grant)
    },
    hold(held) {
      for (const grant of all) grants.hold(grant, held)
    },
  }
}

/** Undefined for whoever may not; a stream key that is brought must be right, else it could be guessed here. */
async function granted(asking: Promise<Grant>, visitor?: Visitor): Promise<Grant | undefined> {
  try {
    return await asking
  } catch (error) {
    const isKey = visitor?.token !== undefined && !visitor.token.includes('.')
    if (!(error instanceof BroadcastError) || error.code === 'overloaded' || isKey) throw error
    return undefined
  }
}
