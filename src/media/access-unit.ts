/**
 * One coded picture, or one packet of audio, as files and segments want it.
 *
 * `data` is: H264 – NAL units, each behind its length in four bytes (ISO/IEC 14496-15), parameter sets included
 * where the encoder sent them; VP8, VP9 – one frame; AV1 – the OBUs of one temporal unit, each with a size
 * field, without temporal delimiters; Opus, AAC – one packet.
 */
export type AccessUnit = {
  /** Presentation time in ticks of the track's clock, unwrapped: it does not jump back after 2³². */
  readonly timestamp: number
  readonly keyFrame: boolean
  /** Something before this unit was lost, so pictures up to the next key frame may be damaged. */
  readonly afterLoss: boolean
  readonly data: Uint8Array
}
