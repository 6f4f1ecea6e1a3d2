import { type Static, Type } from 'typebox'
import type { AuditEntry } from '../../core/audit-store.ts'

/** One entry of the audit log as the outside sees it. */
export const AuditViewSchema = Type.Object({
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  actor: Type.Object({
    id: Type.Union([Type.String(), Type.Null()], { description: 'Whose account it is.' }),
    name: Type.String({ description: 'Else: open, stream key, anonymous or server.' }),
  }),
  action: Type.String({ description: 'such as broadcast.remove' }),
  subject: Type.Object({ kind: Type.String(), id: Type.String() }),
  address: Type.String(),
  result: Type.String({ description: 'done, refused or failed' }),
  detail: Type.String(),
})

export function auditView(entry: AuditEntry): Static<typeof AuditViewSchema> {
  const { id, at, actorId, actor, action, subjectKind, subjectId, address, result, detail } = entry
  return {
    ...{ id, action, address, result, detail },
    at: new Date(at).toISOString(),
    actor: { id: actorId, name: actor },
    subject: { kind: subjectKind, id: subjectId },
  }
}
