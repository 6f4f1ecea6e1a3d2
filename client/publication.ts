import type { ProblemError } from './problem-error.ts'
import type { PublicationStatistics } from './statistics.ts'

/** Final are `ended` (closed here, or stopped on the server: then `problem.code` is `stopped`) and `failed`. */
export type PublicationState = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'failed'

/** A state has been reached; while it waits to try again, why and when. */
export type StateChange<State extends string> = {
  readonly state: State
  /** What went wrong; absent where nothing did. */
  readonly problem?: ProblemError
  /** Milliseconds until the next attempt; absent where none is planned. */
  readonly retryIn?: number
  /** Which attempt in a row will be the next, counted from 1. */
  readonly attempt?: number
}

/** Video codecs as SDP writes them. */
export type VideoCodec = 'H264' | 'VP8' | 'VP9' | 'AV1'

/** What a publication can be told at its start. */
export type PublishOptions = {
  /** Stream key; a function is asked for each request. */
  key?: string | (() => string | Promise<string>) | undefined
  /** Three layers (rid q, h, f) where the source has 720 lines or more. */
  simulcast?: boolean | undefined
  /** Preferred first. Default H264 and then VP8; the server chooses. */
  codecs?: readonly VideoCodec[] | undefined
  /** Bits per second of all video. Default 2 500 000. */
  maxBitrate?: number | undefined
  /** Bits per second of audio. Default 96 000. */
  audioBitrate?: number | undefined
  /** For the first attempt; later ones know those that the server told. */
  iceServers?: RTCIceServer[] | undefined
  onState?: ((change: StateChange<PublicationState>) => void) | undefined
  /** Once a second while live. */
  onStatistics?: ((statistics: PublicationStatistics) => void) | undefined
  /** Listen to what the server says of the broadcast: it tells losses early, and stops. Default true. */
  events?: boolean | undefined
  /** Ends the publication. */
  signal?: AbortSignal | undefined
}

/** A broadcast being sent. It reconnects by itself. */
export interface Publication extends AsyncDisposable {
  readonly state: PublicationState
  /** Last reason of trouble; undefined while all is well. */
  readonly problem: ProblemError | undefined
  /** Settles once, with the final state. Never rejects. */
  readonly closed: Promise<'ended' | 'failed'>
  /** Of the last second; undefined before the first one is over. */
  stats(): PublicationStatistics | undefined
  /** Sends another track of the same kind without renegotiation; null sends nothing. */
  replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void>
  /** Sends the tracks of another stream, e.g. screen instead of camera; a kind it lacks falls silent. */
  setStream(stream: MediaStream): Promise<void>
  /** Sends silence or black until called with false; survives replaced tracks. */
  setMuted(kind: 'audio' | 'video', muted: boolean): void
  isMuted(kind: 'audio' | 'video'): boolean
  /**
   * Stops sending and leaves the tracks running. Safe to call more than once. The server waits a while for a return,
   * as it does when the page is reloaded; stopBroadcast() ends the broadcast at once.
   */
  close(): Promise<void>
}
