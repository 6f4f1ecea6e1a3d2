import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { AuditEntry, AuditFilter, AuditStore } from '../../core/audit-store.ts'
import type { Schema } from './schema.ts'

/** An entry of the audit log as it is stored. */
export type AuditRow = {
  id: string
  at: number
  actor_id: string | null
  actor: string
  action: string
  subject_kind: string
  subject_id: string
  address: string
  result: AuditEntry['result']
  detail: string
}

type Entries<Output> = SelectQueryBuilder<Schema, 'audit_entry', Output>

const SEARCHED = ['actor', 'action', 'subject_id', 'address', 'detail'] as const satisfies (keyof AuditRow)[]

/** Keeps the audit log in SQL. */
export class SqlAuditStore implements AuditStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    await this.#database.insertInto('audit_entry').values(entries.map(rowOf)).execute()
  }

  async list(
    filter: AuditFilter,
    { offset, limit }: { offset: number; limit: number },
  ): ReturnType<AuditStore['list']> {
    const matching = matched(this.#database.selectFrom('audit_entry'), filter)
    const { total } = await matching.select(({ fn }) => fn.countAll().as('total')).executeTakeFirstOrThrow()
    const rows = await newestFirst(matching).offset(offset).limit(limit).execute()
    return { entries: rows.map(entryOf), total: Number(total) }
  }

  async next(
    filter: AuditFilter,
    { after, limit }: Parameters<AuditStore['next']>[1],
  ): Promise<readonly AuditEntry[]> {
    let matching = matched(this.#database.selectFrom('audit_entry'), filter)
    if (after)
      matching = matching.where((eb) =>
        eb.or([eb('at', '<', after.at), eb.and([eb('at', '=', after.at), eb('id', '<', after.id)])]),
      )
    return (await newestFirst(matching).limit(limit).execute()).map(entryOf)
  }

  async purge(before: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('audit_entry')
      .where('id', 'in', (from) =>
        from.selectFrom('audit_entry').select('id').where('at', '<', before).limit(limit),
      )
      .executeTakeFirst()
    return Number(numDeletedRows)
  }
}

function newestFirst<Output>(entries: Entries<Output>) {
  return entries.selectAll().orderBy('at', 'desc').orderBy('id', 'desc')
}

function matched<Output>(
  entries: Entries<Output>,
  { from, to, action, actorId, result, text }: AuditFilter,
): Entries<Output> {
  let matching = entries
  if (from !== undefined) matching = matching.where('at', '>=', from)
  if (to !== undefined) matching = matching.where('at', '<', to)
  if (action !== undefined) matching = matching.where('action', '=', action)
  if (actorId !== undefined) matching = matching.where('actor_id', '=', actorId)
  if (result !== undefined) matching = matching.where('result', '=', result)
  if (text !== undefined && text !== '') {
    const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
    matching = matching.where((eb) =>
      eb.or(SEARCHED.map((column) => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`)),
    )
  }
  return matching
}

function rowOf({ actorId, subjectKind, subjectId, ...same }: AuditEntry): AuditRow {
  return { ...same, actor_id: actorId, subject_kind: subjectKind, subject_id: subjectId }
}

function entryOf({ actor_id, subject_kind, subject_id, ...same }: AuditRow): AuditEntry {
  return { ...same, actorId: actor_id, subjectKind: subject_kind, subjectId: subject_id }
}
