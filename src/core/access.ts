import type { Authentication } from './authentication.ts'
import type { AuthorisationHook } from './authorisation-hook.ts'
import { BroadcastRights } from './broadcast-rights.ts'
import type { Broadcasts } from './broadcasts.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { Exclusions, type ExclusionsOptions } from './exclusions.ts'
import { FileAccess } from './file-access.ts'
import { Grants } from './grants.ts'
import { LibraryRights } from './library-rights.ts'
import type { Clock, Logger } from './ports.ts'
import { PublishAccess } from './publish-access.ts'
import { Revocations } from './revocations.ts'
import type { Seal } from './seal.ts'
import type { Secrets } from './secrets.ts'
import type { ShareStore } from './share-store.ts'
import { Shares } from './shares.ts'
import type { ViewerTokens } from './viewer-token.ts'
import { ViewingPasses } from './viewing-passes.ts'
import { WatchAccess } from './watch-access.ts'

export type AccessOptions = {
  /** No account is needed. */
  open: boolean
  broadcasts: Broadcasts
  /** Tells when somebody is no longer who they were; nobody ever is without accounts. */
  authentication?: Pick<Authentication, 'onRevoked' | 'stillHolds' | 'person'> | undefined
  /** Another application that decides who may publish and watch. */
  hook?: AuthorisationHook | undefined
  /** Whether a player with this session watches now. */
  isWatching?: NonNullable<ExclusionsOptions['isWatching']>
  store: ShareStore
  tokens: ViewerTokens
  seal: Seal
  secrets: Pick<Secrets, 'newId' | 'hash'>
  clock: Clock
  logger: Logger
}

/** All that doors ask before they let somebody do something. */
export type Access = {
  readonly doorkeeper: Doorkeeper
  readonly publishAccess: PublishAccess
  readonly watchAccess: WatchAccess
  readonly rights: BroadcastRights
  readonly libraryRights: LibraryRights
  readonly files: FileAccess
  readonly shares: Shares
  readonly grants: Grants
  readonly exclusions: Exclusions
  close(): void
}

/** Puts them together. */
export function openAccess(options: AccessOptions): Access {
  const { open, broadcasts, clock, secrets, authentication = { onRevoked: () => () => undefined } } = options
  const shares = new Shares(options)
  const revocations = new Revocations({ authentication, clock })
  const doorkeeper = new Doorkeeper({ ...options, shares, revocations, open })
  const grants = new Grants({ doorkeeper, broadcasts, shares, revocations, clock })
  const passes = new ViewingPasses({ doorkeeper, seal: options.seal, secrets, clock })
  const exclusions = new Exclusions(options)
  const stopListening = broadcasts.on('removed', ({ broadcast }) => exclusions.forget(broadcast.id))
  return {
    doorkeeper,
    exclusions,
    publishAccess: new PublishAccess({ doorkeeper, broadcasts, exclusions }),
    watchAccess: new WatchAccess({ doorkeeper, broadcasts, grants, passes, exclusions }),
    rights: new BroadcastRights({ doorkeeper }),
    libraryRights: new LibraryRights({ doorkeeper }),
    files: new FileAccess({ ...options, doorkeeper, shares }),
    shares,
    grants,
    close() {
      stopListening()
      grants.close()
      revocations.close()
      shares.close()
    },
  }
}
