export type AuditResult = 'done' | 'refused' | 'failed'

/** One thing that somebody did, or tried to. Never holds a secret. */
export type AuditEntry = {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Whose account it is; null for everybody without one. */
  readonly actorId: string | null
  /** A name, or how somebody without an account was let in: `open`, `stream key`, `anonymous`, `server`. */
  readonly actor: string
  /** Such as `broadcast.remove`. */
  readonly action: string
  /** Such as `broadcast`. */
  readonly subjectKind: string
  /** '' where there is none. */
  readonly subjectId: string
  /** '' for what the server does by itself. */
  readonly address: string
  readonly result: AuditResult
  /** What else there is to know, in a few words. */
  readonly detail: string
}

export type AuditFilter = {
  /** At or after, before. */
  readonly from?: number
  readonly to?: number
  readonly action?: string
  readonly actorId?: string
  readonly result?: AuditResult
  /** Found in actor, action, subject, address or detail, in upper or lower case. */
  readonly text?: string
}

/** Where reading goes on: after the entry with these. */
export type AuditCursor = Pick<AuditEntry, 'at' | 'id'>

/** Keeps the audit log. Implementations: the database, and a fake that remembers. */
export interface AuditStore {
  /** All or none. */
  insert(entries: readonly AuditEntry[]): Promise<void>
  /** Newest first. */
  list(
    filter: AuditFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly entries: readonly AuditEntry[]; readonly total: number }>
  /** Newest first, after `cursor`: for reading all without counting. */
  next(
    filter: AuditFilter,
    page: { readonly after?: AuditCursor; readonly limit: number },
  ): Promise<readonly AuditEntry[]>
  /** Removes entries from before; at most `limit` of them. Returns how many. */
  purge(before: number, limit: number): Promise<number>
}
