import { addressBlock } from '../address-block.ts'
import { BroadcastError } from '../errors.ts'
import type { Person } from '../identity.ts'
import type { ChatRole } from './chat-store.ts'
import { cleanName } from './chat-text.ts'
import { isReserved } from './reserved-names.ts'

/** Who speaks in one room. */
export type ChatAuthor = {
  /** '' for a guest who has not said yet what to be called. */
  readonly name: string
  readonly role: ChatRole
  /** See `ChatMessage`. */
  readonly author: string
  readonly address: string | null
  readonly personId: string | null
}

/** Whoever comes to a room, as the door knows them. */
export type Newcomer = {
  /** Runs the broadcast. */
  readonly isHost: boolean
  readonly person: Person | undefined
  /** What a guest's browser keeps to be known by. */
  readonly guest: string
  readonly name: string
  readonly address: string
}

export type AuthorRules = {
  /** Keyed: without the key nobody finds the text, however short. */
  readonly hash: (text: string) => string
  /** Everybody is at the same machine. */
  readonly open: boolean
}

/** What the keeper of the broadcast's stream key is called, who has no account. */
const HOST = 'Host'
/** What an account is called that calls itself like those who run the chat. */
const MEMBER = 'Member'

/** Who a newcomer is in the room of one broadcast. */
export function authorOf(broadcastId: string, newcomer: Newcomer, { hash, open }: AuthorRules): ChatAuthor {
  const { isHost, person, guest, address } = newcomer
  const who = person ? `person ${person.id}` : `guest ${guest}`
  return {
    name: nameOf(newcomer),
    role: isHost ? 'host' : person ? 'member' : 'guest',
    author: hash(`${broadcastId} ${who}`),
    address: open ? null : hash(`${broadcastId} address ${addressBlock(address)}`),
    personId: person?.id ?? null,
  }
}

/** What a guest may be called from now on. Throws `bad-request`. */
export function guestName(wanted: string): string {
  const name = cleanName(wanted)
  if (name === '') throw new BroadcastError('bad-request', 'a name needs at least one letter')
  if (isReserved(name))
    throw new BroadcastError(
      'bad-request',
      'this name looks like one of those who run the chat: choose another',
    )
  return name
}

function nameOf({ isHost, person, name }: Newcomer): string {
  const clean = cleanName(person?.name ?? name)
  if (isHost) return clean || HOST
  if (person) return clean === '' || isReserved(clean) ? MEMBER : clean
  return isReserved(clean) ? '' : clean
}
