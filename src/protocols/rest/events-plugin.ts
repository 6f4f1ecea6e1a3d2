import type { FastifyInstance } from 'fastify'
import type { Broadcast } from '../../core/broadcast.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { BroadcastChanges, onAir } from '../broadcast-changes.ts'
import { baseUrlOf, broadcastView } from '../broadcast-view.ts'
import { EventStream } from '../event-stream.ts'

export type EventsPluginOptions = { broadcasts: Broadcasts; clock: Clock; publicUrl: string }

const MAX_FOLLOWERS = 5000

type Follower = { readonly stream: EventStream; readonly base: string; readonly only: string | undefined }

/** `/api/events`: what is live, then every change, as server-sent events. */
export async function eventsPlugin(
  fastify: FastifyInstance,
  { broadcasts, clock, publicUrl }: EventsPluginOptions,
): Promise<void> {
  const followers = new Set<Follower>()
  const changes = new BroadcastChanges(broadcasts, clock, (change, broadcast) => {
    for (const { stream, base, only } of followers)
      if (concerns(broadcast, only))
        stream.send(change, change === 'removed' ? { id: broadcast.id } : broadcastView(broadcast, base))
  })

  fastify.get<{ Querystring: { broadcast?: string } }>(
    '/api/events',
    {
      schema: {
        tags: ['Broadcasts'],
        summary: 'Server-sent events: list, then started, updated, ended, removed',
        querystring: {
          type: 'object',
          properties: { broadcast: { type: 'string', description: 'Only this one, listed or not' } },
        },
      },
    },
    async (request, reply) => {
      if (followers.size >= MAX_FOLLOWERS)
        throw new BroadcastError('overloaded', 'too many follow the list now')
      const only = request.query.broadcast
      const first = only === undefined ? await onAir(broadcasts) : [await broadcasts.get(only)]
      const base = baseUrlOf(publicUrl, request)
      const stream = EventStream.open(reply, clock)
      stream.send('list', { broadcasts: first.map((broadcast) => broadcastView(broadcast, base)) })
      const follower = { stream, base, only }
      followers.add(follower)
      void stream.closed.then(() => followers.delete(follower))
    },
  )

  fastify.addHook('preClose', async () => {
    changes.close()
    for (const { stream } of followers) stream.close()
  })
}

const concerns = (broadcast: Broadcast, only: string | undefined) =>
  only === undefined ? broadcast.record.visibility === 'public' : broadcast.id === only
