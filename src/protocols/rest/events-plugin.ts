import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Clock } from '../../core/ports.ts'
import { BroadcastChanges, onAir } from '../broadcast-changes.ts'
import { baseUrlOf, broadcastView } from '../broadcast-view.ts'
import { EventStream } from '../event-stream.ts'
import { FollowerPlaces } from '../follower-places.ts'
import { ToldOnce } from '../told-once.ts'

export type EventsPluginOptions = { broadcasts: Broadcasts; clock: Clock; publicUrl: string }

type Follower = { readonly stream: EventStream; readonly base: string; readonly only: string | undefined }

/** `/api/events`: what is live, then every change, as server-sent events. */
export async function eventsPlugin(
  instance: FastifyInstance,
  { broadcasts, clock, publicUrl }: EventsPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  const followers = new Set<Follower>()
  const places = new FollowerPlaces()
  const changes = new BroadcastChanges(broadcasts, clock, ({ broadcast, change, listChange }) => {
    const told = new ToldOnce(broadcast)
    for (const { stream, base, only } of followers) {
      const toTell = only === undefined ? listChange : only === broadcast.id ? change : undefined
      if (toTell) stream.sendText(toTell, told.json(toTell, base))
    }
  })

  fastify.get(
    '/api/events',
    {
      schema: {
        tags: ['Broadcasts'],
        summary: 'Server-sent events: list, then started, updated, ended, removed',
        querystring: Type.Object({
          broadcast: Type.Optional(Type.String({ description: 'Only this one, listed or not' })),
        }),
      },
    },
    async (request, reply) => {
      const leave = places.take(request.ip)
      try {
        const only = request.query.broadcast
        const first = only === undefined ? await onAir(broadcasts) : [await broadcasts.get(only)]
        const base = baseUrlOf(publicUrl, request)
        const stream = EventStream.open(reply, clock)
        stream.send('list', { broadcasts: first.map((broadcast) => broadcastView(broadcast, base)) })
        const follower = { stream, base, only }
        followers.add(follower)
        void stream.closed.then(() => {
          followers.delete(follower)
          leave()
        })
      } catch (error) {
        leave()
        throw error
      }
    },
  )

  fastify.addHook('preClose', async () => {
    changes.close()
    for (const { stream } of followers) stream.close()
  })
}
