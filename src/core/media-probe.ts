/** What a video file says about itself. What is not known is null. */
export type MediaFacts = {
  /** Seconds. */
  readonly duration: number | null
  readonly width: number | null
  readonly height: number | null
  /** Video first, such as `h264` and `aac`. */
  readonly codecs: readonly string[]
  /** Bits per second. */
  readonly bitrate: number | null
}

/** Looks into video files. */
export interface MediaProbe {
  /** Resolves with false where the program that looks is not installed; nothing else is then asked. */
  available(): Promise<boolean>
  /** Rejects when it is no video that can be read. */
  probe(path: string, options?: { signal?: AbortSignal }): Promise<MediaFacts>
  /** One picture as JPEG. Rejects when there is none. */
  poster(path: string, atSeconds: number, options?: { signal?: AbortSignal }): Promise<Buffer>
}
