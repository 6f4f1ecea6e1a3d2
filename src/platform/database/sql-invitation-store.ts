import type { Kysely } from 'kysely'
import type { Invitation, InvitationStore } from '../../core/people/invitation-store.ts'
import { invitationOf, invitationRowOf } from './people-rows.ts'
import type { Schema } from './schema.ts'

/** Keeps invitations in SQL. */
export class SqlInvitationStore implements InvitationStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(invitation: Invitation): Promise<void> {
    await this.#database.insertInto('invitation').values(invitationRowOf(invitation)).execute()
  }

  async findByToken(tokenHash: string): Promise<Invitation | undefined> {
    const row = await this.#database
      .selectFrom('invitation')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst()
    return row && invitationOf(row)
  }

  async list({ offset, limit }: Parameters<InvitationStore['list']>[0]): ReturnType<InvitationStore['list']> {
    const all = this.#database.selectFrom('invitation')
    const { total } = await all
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await all
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .offset(offset)
      .limit(limit)
      .execute()
    return { invitations: rows.map(invitationOf), total }
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('invitation')
      .where('id', '=', id)
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  async removeExpired(now: number): Promise<void> {
    await this.#database.deleteFrom('invitation').where('expires_at', '<=', now).execute()
  }
}
