import type { Identity, Person } from './identity.ts'

/** What a request says of itself, by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** What somebody had and has no more: everything of a person, or one sign-in or key. */
export type Revocation = {
  readonly personId: string
  /** Of the sign-in that is over; absent when it is about a key or about all. */
  readonly sessionId?: string
  readonly keyId?: string
}

/** Knows who is behind a request: our own accounts, or those of the application that embeds the server. */
export interface Authentication {
  /**
   * Undefined for strangers. Rejects with `overloaded` while it cannot be known. `request` is as its server has it: it
   * is for the application that embeds ours.
   */
  identify(headers: RequestHeaders, address: string, request?: unknown): Promise<Identity | undefined>
  /** Tells at once what ceases to hold. Returns a function that stops listening. */
  onRevoked(listener: (fact: Revocation) => void): () => void
  /**
   * Whether somebody who was known is still who they were, for what another process took back. Absent where accounts
   * are somebody else's.
   */
  stillHolds?(identity: Identity): Promise<boolean>
  /** Somebody as they are now; undefined for those who are disabled or gone. Absent as above. */
  person?(id: string): Promise<Person | undefined>
}
