import type { Codec } from '../track-info.ts'

/** The beginning of a CMAF track (ISO/IEC 23000-19 §7.3.1): `ftyp` and `moov`, needed before any of its segments. */
export type Initialization = {
  /** Counts up within a rendition whenever the media's parameters change. */
  readonly number: number
  readonly bytes: Buffer
  /** For the CODECS attribute (RFC 6381), such as `avc1.42c01f` or `opus`. */
  readonly codecs: string
  /** Pixels; 0 for audio. */
  readonly width: number
  readonly height: number
}

/** One `moof` with its `mdat`: the smallest piece that is delivered, written or uploaded. */
export type Part = {
  readonly bytes: Buffer
  /** Seconds. */
  readonly duration: number
  /** Can be decoded without the parts before it. */
  readonly independent: boolean
}

/** Parts between two cuts. Grows until `complete`. */
export type Segment = {
  /** Counts up by one within a rendition, across discontinuities. */
  readonly number: number
  readonly initialization: Initialization
  readonly parts: readonly Part[]
  /** Seconds, so far. */
  readonly duration: number
  /** When its first picture or sample was taken, in milliseconds since the epoch by the server's clock. */
  readonly startedAt: number
  /** The publisher was gone before it. */
  readonly discontinuity: boolean
  /** How often the publisher was gone so far, the same for all renditions. */
  readonly discontinuities: number
  readonly complete: boolean
}

/** One packaged layer: the same bytes for LL-HLS, recorder and uploads. */
export interface Rendition {
  /** Safe in a path: `v0`, `v1` (best quality first), `a0`. */
  readonly id: string
  readonly kind: 'video' | 'audio'
  readonly codec: Codec
  /** Seconds that no part exceeds, unless it is a single picture that was shown longer; fixed before the first part. */
  readonly partTarget: number
  /** Returns a function that stops reading. */
  read(reader: RenditionReader): () => void
}

/** A segment that a rendition could not make, because its layer sent nothing meanwhile. */
export type MissedSegment = {
  readonly number: number
  /** Seconds. */
  readonly duration: number
  /** These as in `Segment`. */
  readonly startedAt: number
  readonly discontinuity: boolean
  readonly discontinuities: number
}

/** What a rendition tells its readers, as it happens. Each must return at once. */
export interface RenditionReader {
  partCompleted(rendition: Rendition, segment: Segment, part: Part): void
  segmentCompleted(rendition: Rendition, segment: Segment): void
  segmentMissed?(rendition: Rendition, missed: MissedSegment): void
}
