import type { Kysely } from 'kysely'
import type { SignIn, SignInStore } from '../../core/people/sign-in-store.ts'
import { signInOf, signInRowOf } from './people-rows.ts'
import type { Schema } from './schema.ts'

/** Keeps who is signed in where in SQL. */
export class SqlSignInStore implements SignInStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(signIn: SignIn): Promise<void> {
    await this.#database.insertInto('sign_in').values(signInRowOf(signIn)).execute()
  }

  async findByToken(tokenHash: string): Promise<SignIn | undefined> {
    const row = await this.#database
      .selectFrom('sign_in')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst()
    return row && signInOf(row)
  }

  async list(userId: string): Promise<readonly SignIn[]> {
    const rows = await this.#database
      .selectFrom('sign_in')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('seen_at', 'desc')
      .orderBy('id')
      .execute()
    return rows.map(signInOf)
  }

  async touch(id: string, { seenAt, address }: Pick<SignIn, 'seenAt' | 'address'>): Promise<void> {
    await this.#database
      .updateTable('sign_in')
      .set({ seen_at: seenAt, address })
      .where('id', '=', id)
      .execute()
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('sign_in')
      .where('id', '=', id)
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  async removeOf(userId: string, exceptId = ''): Promise<void> {
    await this.#database
      .deleteFrom('sign_in')
      .where('user_id', '=', userId)
      .where('id', '!=', exceptId)
      .execute()
  }

  async removeOld({ createdBefore, seenBefore }: Parameters<SignInStore['removeOld']>[0]): Promise<void> {
    await this.#database
      .deleteFrom('sign_in')
      .where((each) => each.or([each('created_at', '<', createdBefore), each('seen_at', '<', seenBefore)]))
      .execute()
  }
}
