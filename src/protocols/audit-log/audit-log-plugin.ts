import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { administratorsOnly } from '../assert-administers.ts'
import type { AuditLog } from '../../core/audit-log.ts'
import type { AuditEntry, AuditFilter } from '../../core/audit-store.ts'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import { begun } from '../begun.ts'
import { csvRow } from '../csv-row.ts'
import { Moment, timeIn } from '../moment.ts'
import { PageQuery, pageOf, partOf } from '../paging.ts'
import { auditView, AuditViewSchema } from './audit-view.ts'

/** What these routes need from the rest of the system, and nothing more. */
export type AuditLogPluginOptions = {
  audit: Pick<AuditLog, 'list' | 'portions'>
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
}

const Filter = Type.Object({
  from: Moment('At or after: a date (UTC) or a time with its zone'),
  to: Moment('Before'),
  action: Type.Optional(Type.String({ maxLength: 64, description: 'such as broadcast.remove' })),
  actor: Type.Optional(Type.String({ maxLength: 64, description: 'Id of an account' })),
  result: Type.Optional(Type.Union([Type.Literal('done'), Type.Literal('refused'), Type.Literal('failed')])),
  q: Type.Optional(
    Type.String({ maxLength: 200, description: 'Found in actor, action, subject, address or detail' }),
  ),
})
const COLUMNS = [
  ...['id', 'at', 'actor_id', 'actor', 'action', 'subject_kind', 'subject', 'address', 'result', 'detail'],
]
const tags = ['Audit log']

/** `/api/audit-log…`: who did what. It is read and never changed. */
export async function auditLogPlugin(
  instance: FastifyInstance,
  { audit, doorkeeper }: AuditLogPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  administratorsOnly(instance, { doorkeeper })

  fastify.get(
    '/api/audit-log',
    {
      schema: {
        tags,
        summary: 'Who did what, newest first',
        querystring: Type.Intersect([Filter, PageQuery]),
        response: {
          200: pageOf(AuditViewSchema),
        },
      },
    },
    async (request) => {
      const { part, page, pageSize } = partOf(request.query)
      const { entries, total } = await audit.list(filterIn(request.query), part)
      return { items: entries.map(auditView), total, page, pageSize }
    },
  )

  fastify.get(
    '/api/audit-log.csv',
    { schema: { tags, summary: 'All that match, as CSV', querystring: Filter } },
    async (request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="audit-log.csv"')
        .send(Readable.from(csvOf(await begun(audit.portions(filterIn(request.query)))))),
  )
}

function filterIn({ from, to, action, actor, result, q }: Static<typeof Filter>): AuditFilter {
  return {
    ...(from !== undefined && { from: timeIn(from) }),
    ...(to !== undefined && { to: timeIn(to) }),
    ...(action !== undefined && action !== '' && { action }),
    ...(actor !== undefined && actor !== '' && { actorId: actor }),
    ...(result !== undefined && { result }),
    ...(q !== undefined && q.trim() !== '' && { text: q.trim() }),
  }
}

/** A portion at a time. */
async function* csvOf(portions: AsyncIterable<readonly AuditEntry[]>): AsyncGenerator<string> {
  yield csvRow(COLUMNS)
  for await (const entries of portions) yield entries.map(rowOf).join('')
}

function rowOf(entry: AuditEntry): string {
  const { id, at, actor, action, subject, address, result, detail } = auditView(entry)
  return csvRow([id, at, actor.id, actor.name, action, subject.kind, subject.id, address, result, detail])
}
