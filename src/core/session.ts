import type { CloseReason } from './ports.ts'

/** How a session came in or goes out. */
export type Door = 'whip' | 'whep' | 'signalling'

/** One publisher or viewer of a broadcast, whichever door it uses. */
export interface Session {
  readonly id: string
  readonly door: Door
  /** Any number of times. */
  close(reason: CloseReason): Promise<void>
  /** Settles when the session is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<CloseReason>
}
