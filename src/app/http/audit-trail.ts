import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorOf, type AuditLog } from '../../core/audit-log.ts'
import type { AuditResult } from '../../core/audit-store.ts'
import '../../protocols/audited.ts'
import { visitorOf } from '../../protocols/visitor.ts'
import { AUDITED_ROUTES, type AuditedRoute } from './audited-routes.ts'

const TOO_MANY = 429
/** Somebody may type their password where their e-mail belongs. */
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,190}$/

/** Tells the audit log of every request that does what `AUDITED_ROUTES` names: one place for all doors. */
export function installAuditTrail(
  fastify: FastifyInstance,
  { audit, open }: { audit: Pick<AuditLog, 'record'>; open: boolean },
): void {
  fastify.decorateRequest('audited', undefined)
  fastify.addHook('onResponse', async (request, reply) => {
    const audited = AUDITED_ROUTES[`${request.method} ${request.routeOptions.url}`]
    if (!audited) return
    const { identity, headers, ip } = request
    const result = resultOf(reply)
    if (result === 'refused' && !identity && !isWorthTelling(audited, reply)) return
    audit.record({
      actor: request.audited?.actor ?? actorOf(visitorOf(headers, ip, identity), open),
      action: audited.action,
      subject: {
        kind: audited.action.split('.', 1)[0] ?? '',
        id: request.audited?.subjectId ?? subjectOf(audited, request, reply),
      },
      address: ip,
      result,
      detail: request.audited?.detail ?? detailOf(audited, request.body),
    })
  })
}

/** Strangers could fill the log with what they are refused. */
function isWorthTelling({ tellsStrangers }: AuditedRoute, { statusCode }: FastifyReply): boolean {
  return tellsStrangers === true && statusCode !== TOO_MANY
}

function resultOf({ statusCode }: FastifyReply): AuditResult {
  if (statusCode < 400) return 'done'
  return statusCode < 500 ? 'refused' : 'failed'
}

/** By the address of the request, by what was made, or by what the body names. Other parameters may be secrets. */
function subjectOf({ about }: AuditedRoute, request: FastifyRequest, reply: FastifyReply): string {
  const { id } = (request.params ?? {}) as { id?: string }
  if (id !== undefined) return id
  const named = about === undefined ? undefined : ((request.body ?? {}) as Record<string, unknown>)[about]
  if (about === 'email') return typeof named === 'string' && EMAIL.test(named) ? named : ''
  if (typeof named === 'string') return named
  const location = reply.getHeader('location')
  return typeof location === 'string' ? (location.split('/').at(-1) ?? '') : ''
}

/** What was changed: values of what is harmless, and of the rest the names. */
function detailOf({ about, tells = [] }: AuditedRoute, body: unknown): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return ''
  return Object.entries(body)
    .filter(([name]) => name !== about)
    .map(([name, value]) => (tells.includes(name) ? `${name}: ${String(value)}` : name))
    .join(', ')
}
