import type { Visibility } from './broadcast-store.ts'
import type { Identity, Role, Scope } from './identity.ts'

/**
 * What somebody is to the server or to one thing on it; one can be several at once. `person`: has an account.
 * `named`: an account that its owner lets watch. `guest`: brings a viewer token for it. `publisher`: brings its stream
 * key. `open`: the server runs with --open, and no page of another site asks.
 */
export type Standing =
  'open' | 'admin' | 'owner' | 'broadcaster' | 'person' | 'named' | 'guest' | 'publisher' | 'stranger'

/** Of whom a permission may depend on the visibility of the broadcast. */
type Row = {
  /** What an API key needs for it. */
  readonly scope: Scope
  readonly may: readonly Standing[]
  /** Where the broadcast is private; the same when absent. */
  readonly mayIfPrivate?: readonly Standing[]
}

const EVERYBODY = ['stranger'] as const
const MANAGERS = ['open', 'admin', 'owner'] as const
const AUDIENCE = [...MANAGERS, 'named', 'guest'] as const

/** Who may do what: the one place that says so. docs/spec/permissions.md has it route by route. */
export const PERMISSIONS = {
  'list-public': { scope: 'watch', may: EVERYBODY },
  'list-own': { scope: 'broadcasts', may: ['open', 'person'] },
  'list-all': { scope: 'admin', may: ['open', 'admin'] },
  create: { scope: 'broadcasts', may: ['open', 'admin', 'broadcaster'] },
  /** Title, state and picture. */
  see: { scope: 'watch', may: EVERYBODY, mayIfPrivate: [...AUDIENCE, 'publisher'] },
  watch: { scope: 'watch', may: EVERYBODY, mayIfPrivate: AUDIENCE },
  publish: { scope: 'broadcasts', may: [...MANAGERS, 'publisher'] },
  /** Start, stop and thumbnail: what belongs to publishing. */
  control: { scope: 'broadcasts', may: [...MANAGERS, 'publisher'] },
  edit: { scope: 'broadcasts', may: MANAGERS },
  /** Its chat. */
  moderate: { scope: 'broadcasts', may: [...MANAGERS, 'publisher'] },
  /** To speak with the name of one's account. */
  'chat-as-member': { scope: 'watch', may: ['person'] },
  remove: { scope: 'broadcasts', may: MANAGERS },
  'rotate-key': { scope: 'broadcasts', may: MANAGERS },
  share: { scope: 'broadcasts', may: MANAGERS },
  'remove-recording': { scope: 'broadcasts', may: MANAGERS },
  'see-audience': { scope: 'broadcasts', may: MANAGERS },
  'see-library': { scope: 'library', may: ['open', 'person'] },
  upload: { scope: 'library', may: ['open', 'admin', 'broadcaster'] },
  'share-file': { scope: 'library', may: ['open', 'admin', 'broadcaster'] },
  /** Files belong to nobody; recordings to the owner of their broadcast. */
  'remove-file': { scope: 'library', may: ['open', 'admin'] },
  'read-watch-log': { scope: 'admin', may: ['open', 'admin'] },
  'read-metrics': { scope: 'admin', may: ['open', 'admin'] },
  administer: { scope: 'admin', may: ['open', 'admin'] },
} as const satisfies Record<string, Row>

/** Something that not everybody may do. */
export type Action = keyof typeof PERMISSIONS

/** What is known of whoever asks, once it has been checked. */
export type Asker = {
  /** The server runs with --open. */
  readonly open: boolean
  readonly foreign: boolean
  readonly identity?: Identity | undefined
  /** A right secret of the very thing it is about: a stream key or a viewer token. */
  readonly brings?: 'stream-key' | 'viewer-token' | undefined
}

/** The broadcast that an action is about. */
export type Subject = {
  readonly visibility: Visibility
  /** Null for what was made in open mode. */
  readonly ownerId: string | null
  /** Accounts that may watch it. */
  readonly named: ReadonlySet<string>
}

/** `unknown`: is to be answered as if there were no such thing, for else guessing would find what is private. */
export type Verdict = 'yes' | Refusal
export type Refusal = 'unknown' | 'unauthenticated' | 'not-allowed'

/** Whether somebody may do something, to a broadcast or to none in particular. */
export function decide(action: Action, asker: Asker, subject?: Subject): Verdict {
  const row: Row = PERMISSIONS[action]
  const isPrivate = subject?.visibility === 'private'
  const standings = standingsOf(asker, row.scope, subject)
  const allowed = isPrivate ? (row.mayIfPrivate ?? row.may) : row.may
  if (standings.some((standing) => allowed.includes(standing))) return 'yes'
  if (isPrivate && !mayKnow(asker, subject)) return whileUnknown(action, asker)
  return asker.identity || asker.brings || isForeignInOpenMode(asker) ? 'not-allowed' : 'unauthenticated'
}

/** What somebody hears who asks for something that does not exist: the same as for what they may not know of. */
export function whileUnknown(action: Action, { identity, open }: Omit<Asker, 'brings'>): Refusal {
  return isForEverybody(action) || identity || open ? 'unknown' : 'unauthenticated'
}

/** Whether nobody needs to bring anything, as long as the broadcast is not private. */
export function isForEverybody(action: Action): boolean {
  return (PERMISSIONS[action].may as readonly Standing[]).includes('stranger')
}

/** Everything that somebody is; of an API key only what it was made for. */
export function standingsOf(asker: Asker, scope: Scope, subject?: Subject): Standing[] {
  const { open, foreign, brings } = asker
  return [
    'stranger',
    ...(open && !foreign ? (['open'] as const) : []),
    ...(brings === 'stream-key' ? (['publisher'] as const) : []),
    ...(brings === 'viewer-token' ? (['guest'] as const) : []),
    ...standingsOfPerson(asker.identity, scope, subject),
  ]
}

function standingsOfPerson(identity: Identity | undefined, scope: Scope, subject?: Subject): Standing[] {
  if (!identity) return []
  if (identity.kind === 'api-key' && !reaches(identity.scopes, scope)) return []
  const { id, role } = identity.person
  return [
    'person',
    ...OF_ROLE[role],
    ...(subject?.named.has(id) ? (['named'] as const) : []),
    ...(subject?.ownerId === id && role !== 'viewer' ? (['owner'] as const) : []),
  ]
}

const OF_ROLE: Readonly<Record<Role, readonly Standing[]>> = {
  admin: ['admin', 'broadcaster'],
  broadcaster: ['broadcaster'],
  viewer: [],
}

/** Whoever may make broadcasts may see what they made. */
function reaches(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.includes(wanted) || (wanted === 'watch' && scopes.includes('broadcasts'))
}

/** Whether somebody knows already that there is such a private broadcast. */
function mayKnow(asker: Asker, subject: Subject): boolean {
  return standingsOf(asker, 'watch', subject).some((standing) =>
    (PERMISSIONS.see.mayIfPrivate as readonly Standing[]).includes(standing),
  )
}

function isForeignInOpenMode({ open, foreign }: Asker): boolean {
  return open && foreign
}
