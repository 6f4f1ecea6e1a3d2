import type { Visibility } from '../broadcast-store.ts'

/** A stream that a client uploads to storage by itself. Times are milliseconds since the epoch. */
export type Stream = {
  readonly id: string
  /** Whose it is; null where nobody has an account. */
  readonly ownerId: string | null
  /** Empty when none was given. */
  readonly name: string
  readonly startDate: number
  /** Null until it is stopped. */
  readonly stopDate: number | null
}

export type NewStream = Pick<Stream, 'ownerId' | 'name' | 'startDate'> & {
  /** Where streams are shown, who may watch; public when absent. */
  readonly visibility?: Visibility
}

/** Keeps streams: what an application implements on its own stream model. */
export interface StreamStore {
  /** Keeps it under an id that nobody else has: 1 to 64 letters, digits, "-" and "_". */
  create(stream: NewStream): Promise<Stream>
  find(id: string): Promise<Stream | undefined>
  /** It is over since `stopDate`, unless it was already. Returns how it is then. */
  stop(id: string, stopDate: number): Promise<Stream>
  /** Nothing could be provisioned for it: it is as if it had never been. */
  discard(id: string): Promise<void>
  /** Its client holds credentials until then. */
  provisioned?(id: string, until: number): Promise<void>
}
