import { type Kysely, sql } from 'kysely'
import type { User, UserChanges, UserQuery, UserStore } from '../../core/people/user-store.ts'
import { emailTaken } from '../../core/people/users.ts'
import { userChangesOf, userOf, userRowOf } from './people-rows.ts'
import type { Schema } from './schema.ts'

/** Keeps accounts in SQL. */
export class SqlUserStore implements UserStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(user: User): Promise<void> {
    const { numInsertedOrUpdatedRows } = await this.#database
      .insertInto('user_account')
      .values(userRowOf(user))
      .onConflict((conflict) => conflict.column('email').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw emailTaken()
  }

  async update(id: string, changes: UserChanges): Promise<boolean> {
    if (changes.email !== undefined) {
      const other = await this.findByEmail(changes.email)
      if (other && other.id !== id) throw emailTaken()
    }
    const { numUpdatedRows } = await this.#database
      .updateTable('user_account')
      .set(userChangesOf(changes))
      .where('id', '=', id)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async find(id: string): Promise<User | undefined> {
    const row = await this.#database
      .selectFrom('user_account')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row && userOf(row)
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const row = await this.#database
      .selectFrom('user_account')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirst()
    return row && userOf(row)
  }

  async list({ text = '', role, offset, limit }: UserQuery): ReturnType<UserStore['list']> {
    let matching = this.#database.selectFrom('user_account')
    if (role) matching = matching.where('role', '=', role)
    if (text !== '') {
      const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
      const found = (column: 'folded_name' | 'email') =>
        sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
      matching = matching.where((each) => each.or([found('folded_name'), found('email')]))
    }
    const { total } = await matching
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await matching
      .selectAll()
      .orderBy('folded_name')
      .orderBy('email')
      .offset(offset)
      .limit(limit)
      .execute()
    return { users: rows.map(userOf), total }
  }

  async countAdmins(): Promise<number> {
    const { total } = await this.#database
      .selectFrom('user_account')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where('role', '=', 'admin')
      .where('disabled_at', 'is', null)
      .executeTakeFirstOrThrow()
    return total
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('user_account')
      .where('id', '=', id)
      .executeTakeFirst()
    await this.#database.deleteFrom('recovery_code').where('user_id', '=', id).execute()
    return numDeletedRows === 1n
  }

  async takeTotpStep(id: string, step: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable('user_account')
      .set({ totp_step: step })
      .where('id', '=', id)
      .where('totp_step', '<', step)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async setRecoveryCodes(id: string, hashes: readonly string[]): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('recovery_code').where('user_id', '=', id).execute()
      if (hashes.length > 0)
        await transaction
          .insertInto('recovery_code')
          .values(hashes.map((hash) => ({ user_id: id, hash })))
          .execute()
    })
  }

  async takeRecoveryCode(id: string, hash: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('recovery_code')
      .where('user_id', '=', id)
      .where('hash', '=', hash)
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  async countRecoveryCodes(id: string): Promise<number> {
    const { total } = await this.#database
      .selectFrom('recovery_code')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where('user_id', '=', id)
      .executeTakeFirstOrThrow()
    return total
  }
}
