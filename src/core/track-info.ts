import type { Codec } from '../media/codec.ts'

export type { AudioCodec, Codec, VideoCodec } from '../media/codec.ts'

/** One encoding of a track: the only one, or one of several simulcast layers. */
export type LayerInfo = {
  /** RID of the simulcast layer (RFC 8851), or '' where there is only one. */
  readonly rid: string
  /** Pixels; absent until a key frame said so, and for audio. */
  readonly width?: number
  readonly height?: number
}

/** What a broadcast sends, as plain data: fit for SDP, the API and other processes. */
export type TrackInfo = {
  readonly kind: 'audio' | 'video'
  readonly codec: Codec
  /** RTP ticks per second: 90000 for video, 48000 for Opus. */
  readonly clockRate: number
  /** Audio channels, 2 for Opus by its RTP format (RFC 7587). */
  readonly channels?: number
  /** Format parameters as in `a=fmtp`, for example `profile-level-id=42e01f;packetization-mode=1`. */
  readonly fmtp?: string
  /** Best quality first. */
  readonly layers: readonly LayerInfo[]
}
