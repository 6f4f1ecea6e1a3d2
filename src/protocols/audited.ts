import type { AuditActor } from '../core/audit-log.ts'

/** What a route knows better than its request says, for the entry in the audit log. Never a secret. */
export type Audited = {
  readonly actor?: AuditActor
  readonly subjectId?: string
  readonly detail?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    audited?: Audited
  }
}
