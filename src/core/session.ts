import type { CloseReason } from './ports.ts'

/** How a session came in or goes out. */
export type Door = 'whip' | 'whep' | 'signalling' | 'hls' | 'frames' | 'range' | 's3'

/** One publisher or viewer of a broadcast, whichever door it uses. */
export interface Session {
  readonly id: string
  readonly door: Door
  /** Where it comes from, as far as proxies are trusted. */
  readonly address?: string
  /** Whose account it is; absent for everybody without one. */
  readonly userId?: string | undefined
  /** A glance before somebody decides to watch: it is served, and not counted. */
  readonly preview?: boolean
  /** To a viewer, so far. */
  readonly bytesSent?: number
  /** Any number of times. */
  close(reason: CloseReason): Promise<void>
  /** Settles when the session is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<CloseReason>
}
