import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { assertAdministers } from '../assert-administers.ts'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Clock } from '../../core/ports.ts'
import type { ViewingFilter } from '../../core/viewing-store.ts'
import type { WatchLog } from '../../core/watch-log.ts'
import '../audited.ts'
import { PAGE_FACTS, PageQuery, partOf } from '../paging.ts'
import { visitorOf } from '../visitor.ts'
import { begun } from '../begun.ts'
import { Moment, timeIn } from '../moment.ts'
import { audienceRange } from './audience-range.ts'
import { viewingView, ViewingViewSchema } from './viewing-view.ts'
import { csvOf, jsonOf } from './watch-log-export.ts'

/** What the watch log needs from the rest of the system, and nothing more. */
export type WatchLogPluginOptions = {
  watchLog: Pick<WatchLog, 'list' | 'portions' | 'forgetUser' | 'viewersOverTime' | 'viewings'>
  rights: BroadcastRights
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
  guesses: GuessLimit
  clock: Clock
}

const Filter = Type.Object({
  authenticated: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  from: Moment('Began at or after: a date (UTC) or a time with its zone'),
  to: Moment('Began before'),
  broadcast: Type.Optional(Type.String({ description: 'Id of a broadcast' })),
  user: Type.Optional(Type.String({ description: 'Id of an account' })),
  q: Type.Optional(
    Type.String({ maxLength: 200, description: 'Found in subject, title, user, address or protocol' }),
  ),
})
const Point = Type.Object({ at: Type.String({ format: 'date-time' }), viewers: Type.Integer() })
const tags = ['Watch log']

/** `/api/viewings…`: who watched what. It is read, and people are forgotten; nothing else changes it. */
export async function watchLogPlugin(
  instance: FastifyInstance,
  { watchLog, rights, doorkeeper, guesses, clock }: WatchLogPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  const onRequest = async ({ headers, ip, identity }: FastifyRequest) =>
    doorkeeper.assertMay('read-watch-log', visitorOf(headers, ip, identity))
  const mayForget = async (request: FastifyRequest) => assertAdministers({ doorkeeper }, request)

  fastify.get(
    '/api/viewings',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Who watched what, newest first',
        querystring: Type.Intersect([Filter, PageQuery]),
        response: {
          200: Type.Object({
            items: Type.Array(ViewingViewSchema),
            ...PAGE_FACTS,
            watching: Type.Integer({ description: 'Who watches anything now' }),
          }),
        },
      },
    },
    async (request) => {
      const { part, page, pageSize } = partOf(request.query)
      const { records, total } = await watchLog.list(filterIn(request.query), part)
      return { items: records.map(viewingView), total, watching: watchLog.viewings.size, page, pageSize }
    },
  )

  fastify.get(
    '/api/viewings.csv',
    {
      onRequest,
      schema: { tags, summary: 'All that match, as CSV', querystring: Filter },
    },
    async (request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="watch-log.csv"')
        .send(Readable.from(csvOf(await begun(watchLog.portions(filterIn(request.query)))))),
  )

  fastify.get(
    '/api/viewings.json',
    {
      onRequest,
      schema: { tags, summary: 'All that match, as one JSON array', querystring: Filter },
    },
    async (request, reply) =>
      reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', 'attachment; filename="watch-log.json"')
        .send(Readable.from(jsonOf(await begun(watchLog.portions(filterIn(request.query)))))),
  )

  fastify.delete(
    '/api/viewings',
    {
      onRequest: mayForget,
      schema: {
        tags,
        summary: 'Forget who somebody was: their viewings stay, without account and address',
        querystring: Type.Object({ user: Type.String({ minLength: 1, description: 'Id of an account' }) }),
        response: { 200: Type.Object({ forgotten: Type.Integer({ description: 'Viewings' }) }) },
      },
    },
    async (request) => {
      const { user } = request.query
      request.audited = { subjectId: user }
      return { forgotten: await watchLog.forgetUser(user) }
    },
  )

  fastify.get(
    '/api/broadcasts/:id/viewers-over-time',
    {
      schema: {
        tags,
        summary: 'How many watched at once, by default over the latest run',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          from: Moment('By default when the latest run began'),
          to: Moment('By default when it ended, or now'),
          step: Type.Optional(
            Type.String({ pattern: '^[1-9]\\d{0,5}$', description: 'Seconds of one point' }),
          ),
        }),
        response: {
          200: Type.Object({
            from: Type.String({ format: 'date-time' }),
            to: Type.String({ format: 'date-time' }),
            step: Type.Number({ description: 'Seconds of one point' }),
            points: Type.Array(Point, { description: 'The most viewers at once within each step.' }),
            peak: Type.Union([Point, Type.Null()]),
          }),
        },
      },
    },
    async (request) => {
      const { from, to, step } = request.query
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const broadcast = await guesses.guard(visitor, () =>
        rights.enter('see-audience', request.params.id, visitor),
      )
      const range = audienceRange(broadcast.record, clock.now(), {
        ...(from !== undefined && { from: timeIn(from) }),
        ...(to !== undefined && { to: timeIn(to) }),
        ...(step !== undefined && { step: Number(step) * 1000 }),
      })
      const { points, peak } = await watchLog.viewersOverTime(broadcast.id, range)
      return {
        from: isoOf(range.from),
        to: isoOf(range.to),
        step: range.step / 1000,
        points: points.map(({ at, viewers }) => ({ at: isoOf(at), viewers })),
        peak: peak && { at: isoOf(peak.at), viewers: peak.viewers },
      }
    },
  )
}

const isoOf = (time: number) => new Date(time).toISOString()

function filterIn({ authenticated, from, to, broadcast, user, q }: Static<typeof Filter>): ViewingFilter {
  return {
    ...(authenticated !== undefined && { authenticated: authenticated === 'true' }),
    ...(from !== undefined && { from: timeIn(from) }),
    ...(to !== undefined && { to: timeIn(to) }),
    ...(broadcast !== undefined && broadcast !== '' && { broadcastId: broadcast }),
    ...(user !== undefined && user !== '' && { userId: user }),
    ...(q !== undefined && q.trim() !== '' && { text: q.trim() }),
  }
}
