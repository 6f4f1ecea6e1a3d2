import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ChatRoom, MAX_SLOW_MODE } from '../../core/chat/chat-room.ts'
import type { ChatRooms } from '../../core/chat/chat-rooms.ts'
import { BroadcastError } from '../../core/errors.ts'
import '../audited.ts'
import { visitorOf } from '../visitor.ts'
import type { ChatAccess } from './chat-access.ts'
import { messageView, MessageViewSchema, sanctionView, SanctionViewSchema } from './chat-view.ts'

export type ChatPluginOptions = { rooms: ChatRooms; access: ChatAccess }

/** Seconds of the longest mute: a week. */
const LONGEST_MUTE = 7 * 24 * 3600
const Id = Type.Object({ id: Type.String() })
const Message = Type.Object({ id: Type.String(), message: Type.String() })
const Sanction = Type.Object({ id: Type.String(), sanction: Type.String() })
const State = Type.Object({
  enabled: Type.Boolean(),
  slowMode: Type.Integer({ description: 'Seconds between two messages of one person; 0 for none.' }),
})
const Target = Type.String({ minLength: 1, maxLength: 64, description: 'One of their messages.' })
const tags = ['Chat']

/** `/api/broadcasts/:id/chat…`: what was said, and moderation. */
export async function chatPlugin(
  instance: FastifyInstance,
  { rooms, access }: ChatPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  /** The room of the request, for whoever may moderate it, and who that is. */
  async function moderated(
    request: FastifyRequest,
    id: string,
  ): Promise<{ room: ChatRoom; by: string | null }> {
    const { headers, ip, identity } = request
    const broadcast = await access.moderate(id, visitorOf(headers, ip, identity))
    return { room: await rooms.open(broadcast), by: identity?.person.id ?? null }
  }

  fastify.get(
    '/api/broadcasts/:id/chat',
    {
      schema: {
        tags,
        summary: 'What was said, newest first; nothing while the chat is off',
        params: Id,
        querystring: Type.Object({
          before: Type.Optional(
            Type.String({ format: 'date-time', description: 'Said before; see "next".' }),
          ),
          pageSize: Type.String({
            default: '50',
            pattern: '^([1-9]\\d?|1\\d\\d|200)$',
            description: '1 to 200',
          }),
          token: Type.Optional(Type.String({ description: 'Viewer token of a private broadcast.' })),
        }),
        response: {
          200: Type.Object({
            ...State.properties,
            items: Type.Array(MessageViewSchema),
            next: Type.Union([Type.String({ description: '"before" of the next page' }), Type.Null()]),
          }),
        },
      },
    },
    async (request) => {
      const broadcast = await access.read(request.params.id, request)
      const { state } = await rooms.open(broadcast)
      const { before } = request.query
      const limit = Number(request.query.pageSize)
      const messages = state.enabled
        ? await rooms.latest(broadcast.id, {
            limit,
            ...(before !== undefined && { before: Date.parse(before) }),
          })
        : []
      const items = messages.map(messageView)
      return { ...state, items, next: items.length === limit ? (items.at(-1)?.at ?? null) : null }
    },
  )

  fastify.patch(
    '/api/broadcasts/:id/chat',
    {
      schema: {
        tags,
        summary: 'Slow mode. On and off is a setting of the broadcast itself',
        params: Id,
        body: Type.Object(
          { slowMode: Type.Integer({ minimum: 0, maximum: MAX_SLOW_MODE }) },
          { additionalProperties: false },
        ),
        response: { 200: State },
      },
    },
    async (request) => {
      const { room } = await moderated(request, request.params.id)
      room.setSlowMode(request.body.slowMode)
      return room.state
    },
  )

  fastify.delete(
    '/api/broadcasts/:id/chat/messages/:message',
    { schema: { tags, summary: 'Delete a message, for everybody and for good', params: Message } },
    async (request, reply) => {
      const { id, message } = request.params
      const { room } = await moderated(request, id)
      const found = await rooms.messageOf(room, message)
      room.remove(found.id)
      request.audited = { detail: `of: ${found.name}` }
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/broadcasts/:id/chat/mutes',
    {
      schema: {
        tags,
        summary: 'The author of a message may not speak for a while',
        params: Id,
        body: Type.Object(
          { message: Target, seconds: Type.Integer({ minimum: 1, maximum: LONGEST_MUTE }) },
          { additionalProperties: false },
        ),
        response: { 201: SanctionViewSchema },
      },
    },
    async (request, reply) => {
      const { room, by } = await moderated(request, request.params.id)
      const { message, seconds } = request.body
      const sanction = room.mute(await rooms.messageOf(room, message), { seconds, by })
      request.audited = { detail: `who: ${sanction.name}, seconds: ${seconds}` }
      return reply.code(201).send(sanctionView(sanction))
    },
  )

  fastify.post(
    '/api/broadcasts/:id/chat/bans',
    {
      schema: {
        tags,
        summary: 'The author of a message is sent away, with all they said',
        params: Id,
        body: Type.Object({ message: Target }, { additionalProperties: false }),
        response: { 201: SanctionViewSchema },
      },
    },
    async (request, reply) => {
      const { room, by } = await moderated(request, request.params.id)
      const sanction = room.ban(await rooms.messageOf(room, request.body.message), { by })
      request.audited = { detail: `who: ${sanction.name}` }
      return reply.code(201).send(sanctionView(sanction))
    },
  )

  fastify.get(
    '/api/broadcasts/:id/chat/sanctions',
    {
      schema: {
        tags,
        summary: 'Who may not speak or not take part, newest first',
        params: Id,
        response: { 200: Type.Object({ items: Type.Array(SanctionViewSchema) }) },
      },
    },
    async (request) => {
      const { room } = await moderated(request, request.params.id)
      return { items: room.sanctions.map(sanctionView) }
    },
  )

  fastify.delete(
    '/api/broadcasts/:id/chat/sanctions/:sanction',
    { schema: { tags, summary: 'Forgive', params: Sanction } },
    async (request, reply) => {
      const { room } = await moderated(request, request.params.id)
      const lifted = room.sanctions.find(({ id }) => id === request.params.sanction)
      if (lifted) request.audited = { detail: `who: ${lifted.name}` }
      if (!room.lift(request.params.sanction))
        throw new BroadcastError('sanction-not-found', 'there is no sanction with this id')
      return reply.code(204).send()
    },
  )
}
