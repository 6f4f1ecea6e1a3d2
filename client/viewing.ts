import type { ProblemError } from './problem-error.ts'
import type { StateChange } from './publication.ts'
import type { ViewingStatistics } from './statistics.ts'

/**
 * `waiting`: connected, no picture yet. `reconnecting`: the viewer or the publisher lost its connection.
 * `offline`: not live yet. `ended`: over; both are left by themselves when it goes live (again).
 * Final are `failed` and, after close(), `ended`.
 */
export type ViewingState = 'connecting' | 'waiting' | 'live' | 'reconnecting' | 'offline' | 'ended' | 'failed'

/** `muted`: the browser plays without sound until a tap. `needs-tap`: it does not even show the picture. */
export type Playback = 'playing' | 'muted' | 'needs-tap'

/** A layer that the server could send. */
export type LayerOffer = { rid: string; width?: number; height?: number; bitrate?: number; active: boolean }

/** Which layer to receive; empty means automatic. */
export type LayerChoice = {
  rid?: string | undefined
  maxWidth?: number | undefined
  maxHeight?: number | undefined
}

/** What a viewing can be told at its start. */
export type WatchOptions = {
  /** Viewer token of a private broadcast; a function is asked for each request. */
  token?: string | (() => string | Promise<string>) | undefined
  iceServers?: RTCIceServer[] | undefined
  /** Listen to the server's facts (viewers, layers, latency). Default true; previews do without, for browsers keep
   * few connections per site. */
  events?: boolean | undefined
  /** Only what is heard, or seen. Default both. */
  media?: 'both' | 'audio' | 'video' | undefined
  onState?: ((change: StateChange<ViewingState>) => void) | undefined
  onPlayback?: ((playback: Playback) => void) | undefined
  onViewers?: ((viewers: number) => void) | undefined
  onLayers?: ((layers: readonly LayerOffer[]) => void) | undefined
  /** Once a second while connected. */
  onStatistics?: ((statistics: ViewingStatistics) => void) | undefined
  signal?: AbortSignal | undefined
}

/** A broadcast being watched in a video element. It reconnects by itself. */
export interface Viewing extends AsyncDisposable {
  readonly state: ViewingState
  readonly problem: ProblemError | undefined
  readonly playback: Playback
  /** Whole audience as the server counts it; undefined until told. */
  readonly viewers: number | undefined
  /** Best quality first; empty until told, or where there is no choice. */
  readonly layers: readonly LayerOffer[]
  /** Milliseconds from the camera to this screen; null where it can not be measured. */
  readonly latency: number | null
  /** Settles once, with the final state. Never rejects. */
  readonly closed: Promise<'ended' | 'failed'>
  stats(): ViewingStatistics | undefined
  /** Kept across reconnections. */
  setLayer(choice: LayerChoice): Promise<void>
  /** Call it in a tap or key press: plays, with sound. */
  play(): Promise<void>
  /** Stops watching and leaves the last picture. Safe to call more than once. */
  close(): Promise<void>
}

/** A viewing that can go back in time. */
export interface RewindableViewing extends Viewing {
  /** Seconds that can be gone back to from live. */
  readonly window: number
  /** Seconds behind live, 0 at live. */
  readonly behind: number
  /** Shows what was live that many seconds ago. */
  seekBehind(seconds: number): void
  /** Back to live. */
  goLive(): void
}
