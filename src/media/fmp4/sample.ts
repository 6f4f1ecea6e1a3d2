/** One access unit as it lies in an `mdat`; times in ticks of the track's timescale. */
export type Sample = {
  readonly data: Uint8Array
  readonly duration: number
  /** Can be decoded without those before it. */
  readonly key: boolean
  /** Presentation time less decode time; negative where the picture is shown before its decode time. */
  readonly compositionOffset: number
}
