import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { ChatRooms } from '../../core/chat/chat-rooms.ts'
import { ReplayClock } from '../../core/chat/replay-clock.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { ChatAccess } from './chat-access.ts'
import { CountsSchema, messageView, MessageViewSchema } from './chat-view.ts'

/** What one answer holds at most, of messages and of reactions. */
const LIMIT = 500
/** Seconds after the end of a recording which still belong to its last one. */
const AFTERWARDS = 10
const SECONDS = '^\\d{1,7}(\\.\\d{1,6})?$'
const Seconds = Type.Number({ description: 'Seconds since the beginning of the recording.' })

/** `/api/recordings/:id/chat`: what was said while it was live, by the time of the recording. */
export async function replayedChatPlugin(
  instance: FastifyInstance,
  { rooms, access }: { rooms: ChatRooms; access: ChatAccess },
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.get(
    '/api/recordings/:id/chat',
    {
      schema: {
        tags: ['Chat'],
        summary: 'What was said between two seconds of a recording, oldest first',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          from: Type.String({ default: '0', pattern: SECONDS }),
          to: Type.Optional(Type.String({ pattern: SECONDS })),
          after: Type.Optional(Type.String({ format: 'date-time', description: 'Goes on; see "next".' })),
          token: Type.Optional(Type.String({ description: 'Viewer token of a private broadcast.' })),
        }),
        response: {
          200: Type.Object({
            enabled: Type.Boolean({ description: 'Nothing is told while the chat is off.' }),
            items: Type.Array(Type.Object({ ...MessageViewSchema.properties, seconds: Seconds })),
            reactions: Type.Array(Type.Object({ seconds: Seconds, counts: CountsSchema })),
            next: Type.Union([
              Type.String({ description: '"after" of the next answer, where there was more than fits' }),
              Type.Null(),
            ]),
          }),
        },
      },
    },
    async (request) => {
      const { broadcast, startedAt, endedAt, renditions } = await access.replay(request.params.id, request)
      const clock = new ReplayClock(renditions)
      const from = Number(request.query.from)
      const to = Number(request.query.to ?? 'Infinity')
      if (from >= to) throw new BroadcastError('bad-request', '"from" must be before "to"')
      const end = endedAt === null ? Infinity : endedAt + AFTERWARDS * 1000
      const stretch = {
        from: Math.max(
          from === 0 ? startedAt : (clock.timeAt(from) ?? startedAt),
          Date.parse(request.query.after ?? '1970-01-01'),
        ),
        to: Math.min(end, to === Infinity ? Number.MAX_SAFE_INTEGER : (clock.timeAt(to) ?? startedAt)),
        limit: LIMIT,
      }
      const enabled = broadcast.record.chat
      const { messages, bursts } = enabled
        ? await rooms.between(broadcast.id, stretch)
        : { messages: [], bursts: [] }

      // What was cut off on one side is not told on the other either, so that the next answer goes on with both.
      const cuts = [messages, bursts].flatMap((rows) =>
        rows.length === LIMIT ? [rows.at(-1)?.at ?? Infinity] : [],
      )
      const cut = Math.min(Infinity, ...cuts)
      const isTold = ({ at }: { at: number }) => at < cut
      return {
        enabled,
        items: messages
          .filter(isTold)
          .map((message) => ({ ...messageView(message), seconds: clock.secondsAt(message.at) })),
        reactions: bursts
          .filter(isTold)
          .map(({ at, counts }) => ({ seconds: clock.secondsAt(at), counts: { ...counts } })),
        next: cut === Infinity ? null : new Date(cut).toISOString(),
      }
    },
  )
}
