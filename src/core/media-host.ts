import type { CloseReason } from './ports.ts'
import type { TrackInfo } from './track-info.ts'

/** Which simulcast layer a viewer wants (WHEP layer extension). Empty: choose automatically. */
export type LayerSelection = {
  readonly rid?: string
  readonly maxWidth?: number
  readonly maxHeight?: number
}

export type PublishRequest = {
  readonly sessionId: string
  readonly broadcastId: string
  /** The peer's SDP offer. */
  readonly offer: string
}

export type WatchRequest = {
  readonly sessionId: string
  readonly broadcastId: string
  readonly offer: string
  /** What the broadcast sends now, so that codecs can be agreed on at once. */
  readonly tracks: readonly TrackInfo[]
}

export type SessionAnswer = { readonly sdp: string }

/** A fault of the encoder that viewers feel, with its cure. */
export type WarningCode = 'b-frames' | 'long-key-frame-interval' | 'storage-away' | 'playlist-refused'

export type LayerReport = {
  readonly rid: string
  /** Bits per second of media over the last report period. */
  readonly bitrate: number
  readonly framesPerSecond: number
  readonly width?: number
  readonly height?: number
  /** Seconds between the last two key frames; absent before the second. */
  readonly keyFrameInterval?: number
}

/** Facts a host announces about the sessions that live on it. */
export type MediaHostEvents = {
  sessionConnected: { readonly sessionId: string }
  /** Every session that was answered ends in exactly one of these. */
  sessionClosed: { readonly sessionId: string; readonly reason: CloseReason }
  /** The publisher's media is known, or changed. */
  tracksChanged: {
    readonly sessionId: string
    readonly broadcastId: string
    readonly tracks: readonly TrackInfo[]
  }
  /** About once a second per publisher. */
  publisherReported: {
    readonly sessionId: string
    readonly broadcastId: string
    /** Bits per second, all tracks together. */
    readonly bitrate: number
    /** Packets lost on the way in over the last report period, 0–1. */
    readonly loss: number
    readonly layers: readonly LayerReport[]
    readonly warnings: readonly WarningCode[]
  }
  /** About once a second per viewer. */
  viewerReported: {
    readonly sessionId: string
    /** Bits per second sent. */
    readonly bitrate: number
    /** As the viewer's receive reports say, 0–1. */
    readonly loss: number
    /** Milliseconds; absent until measured. */
    readonly roundTripTime?: number
    /** RID of the layer it receives now. */
    readonly rid?: string
    /** Packets that were not sent because it could not keep up, since it began. */
    readonly dropped: number
  }
  /** Tells a viewer when the picture with this RTP timestamp was captured, in its own RTP timestamps. */
  captureClock: {
    readonly sessionId: string
    readonly rtpTimestamp: number
    /** Milliseconds since the epoch by the server's clock. */
    readonly capturedAt: number
  }
}

/** Where WebRTC sessions live: a media worker, or this process, seen from the one that signals. */
export interface MediaHost {
  /** For logs and placement: `worker-0`. */
  readonly id: string
  /** Rejects with `bad-offer`, `unsupported-media` or `overloaded`; then no session exists. */
  publish(request: PublishRequest): Promise<SessionAnswer>
  /** Rejects with `bad-offer`, `no-common-codec` or `overloaded`; then no session exists. */
  watch(request: WatchRequest): Promise<SessionAnswer>
  /** Values of `a=candidate`; unresolvable ones are dropped. Unknown sessions are ignored, as in all below. */
  addCandidates(sessionId: string, candidates: readonly string[]): Promise<void>
  selectLayer(sessionId: string, selection: LayerSelection): Promise<void>
  /** Server clock minus publisher clock, in milliseconds, as the publisher measured it. */
  setClockOffset(sessionId: string, offset: number): Promise<void>
  closeSession(sessionId: string, reason: CloseReason): Promise<void>
  /** Ends every session of a broadcast on this host and forgets its media. */
  closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void>
  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void
}

/** All media hosts of this node, and the choice among them. */
export interface MediaHosts extends AsyncDisposable {
  /** The host with most room for a publisher. Throws `overloaded` when none runs. */
  forPublisher(broadcastId: string): MediaHost
  /** A host for one more viewer; it is made to receive the broadcast's media if it does not yet. */
  forViewer(broadcastId: string): MediaHost
  /** Host events of all hosts, also of those started later. A lost host closes its sessions with `failed`. */
  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void
}
