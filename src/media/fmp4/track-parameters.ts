/** What a decoder must know before the first sample, by codec. */
export type TrackParameters =
  | H264Parameters
  | Vp9Parameters
  | Av1Parameters
  | { readonly codec: 'opus'; readonly channels: number; readonly preSkip?: number }
  | { readonly codec: 'AAC'; readonly audioSpecificConfig: Buffer }

/** Parameter sets with their NAL headers, as they came. */
export type H264Parameters = {
  readonly codec: 'H264'
  readonly sps: Buffer
  readonly pps: readonly Buffer[]
}

/** What the uncompressed header of a key frame says (VP9 bitstream specification §6.2), and a level for its size. */
export type Vp9Parameters = {
  readonly codec: 'VP9'
  readonly profile: number
  /** Ten times the level, as in `vp09.00.31.08`. */
  readonly level: number
  readonly bitDepth: number
  /** As the codec string writes it: 0 and 1 are 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaSubsampling: number
  readonly fullRange: boolean
  readonly width: number
  readonly height: number
}

/** The whole sequence header OBU, with its header and size field. */
export type Av1Parameters = { readonly codec: 'AV1'; readonly sequenceHeader: Buffer }

/** Sample entries and track headers write sizes in 16 bits. */
export const MAX_SIDE = 0xffff
