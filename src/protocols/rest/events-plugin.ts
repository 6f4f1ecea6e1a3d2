import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Grant } from '../../core/doorkeeper.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Clock } from '../../core/ports.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { BroadcastChanges, onAir } from '../broadcast-changes.ts'
import { baseUrlOf, broadcastView } from '../broadcast-view.ts'
import { EventStream } from '../event-stream.ts'
import { FollowerPlaces } from '../follower-places.ts'
import { ToldOnce } from '../told-once.ts'
import { watcherOf } from '../visitor.ts'

export type EventsPluginOptions = {
  broadcasts: Broadcasts
  watchAccess: WatchAccess
  guesses: GuessLimit
  clock: Clock
  publicUrl: string
}

type Follower = { readonly stream: EventStream; readonly base: string; readonly only: string | undefined }

/** `/api/events`: what is live, then every change, as server-sent events. */
export async function eventsPlugin(
  instance: FastifyInstance,
  { broadcasts, watchAccess, guesses, clock, publicUrl }: EventsPluginOptions,
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

  function seen(request: FastifyRequest, id: string): Promise<Grant> {
    const visitor = watcherOf(request)
    return guesses.guard(visitor, () => watchAccess.see(id, visitor))
  }

  fastify.get(
    '/api/events',
    {
      schema: {
        tags: ['Broadcasts'],
        summary: 'Server-sent events: list, then started, updated, ended, removed',
        querystring: Type.Object({
          broadcast: Type.Optional(Type.String({ description: 'Only this one, listed or not' })),
          token: Type.Optional(Type.String({ description: 'Viewer token, where it is private' })),
        }),
      },
    },
    async (request, reply) => {
      const leave = places.take(request.ip)
      try {
        const only = request.query.broadcast
        const grant = only === undefined ? undefined : await seen(request, only)
        const first = grant ? [grant.broadcast] : await onAir(broadcasts)
        const base = baseUrlOf(publicUrl, request)
        const stream = EventStream.open(reply, clock)
        stream.send('list', { broadcasts: first.map((broadcast) => broadcastView(broadcast, base)) })
        const follower = { stream, base, only }
        followers.add(follower)
        if (grant) watchAccess.hold(grant, stream)
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
