import type { Kysely } from 'kysely'
import type { PeopleStores } from '../../core/people/people-stores.ts'
import type { Schema } from './schema.ts'
import { SqlApiKeyStore } from './sql-api-key-store.ts'
import { SqlInvitationStore } from './sql-invitation-store.ts'
import { SqlResetLinkStore } from './sql-reset-link-store.ts'
import { SqlSignInStore } from './sql-sign-in-store.ts'
import { SqlUserStore } from './sql-user-store.ts'

/** Everything that is kept of people, in one database. */
export function sqlPeopleStores(database: Kysely<Schema>): PeopleStores {
  return {
    users: new SqlUserStore(database),
    signIns: new SqlSignInStore(database),
    apiKeys: new SqlApiKeyStore(database),
    invitations: new SqlInvitationStore(database),
    resetLinks: new SqlResetLinkStore(database),
  }
}
