import type { ApiKeyStore } from './api-key-store.ts'
import type { InvitationStore } from './invitation-store.ts'
import type { ResetLinkStore } from './reset-link-store.ts'
import type { SignInStore } from './sign-in-store.ts'
import type { UserStore } from './user-store.ts'

/** Everything that is kept of people. */
export type PeopleStores = {
  readonly users: UserStore
  readonly signIns: SignInStore
  readonly apiKeys: ApiKeyStore
  readonly invitations: InvitationStore
  readonly resetLinks: ResetLinkStore
}
