import type { ViewingStatistics } from './statistics.ts'

/** What is played from HLS: a video element and the bytes that came tell it. */
export class HlsStatistics {
  readonly #video: HTMLVideoElement
  #bytes = 0
  #lookedAt = performance.now()
  #decoded = 0
  #freezes = 0
  #frozenSince: number | undefined
  #frozen = 0
  #latest: ViewingStatistics | undefined

  constructor(video: HTMLVideoElement) {
    this.#video = video
  }

  get latest(): ViewingStatistics | undefined {
    return this.#latest
  }

  received(bytes: number): void {
    this.#bytes += bytes
  }

  froze(): void {
    this.#freezes++
    this.#frozenSince = performance.now()
  }

  /** What came since the last look. */
  look(
    codecs: { readonly video: string | null; readonly audio: string | null } | undefined,
  ): ViewingStatistics {
    const now = performance.now()
    const seconds = Math.max(0.001, (now - this.#lookedAt) / 1000)
    const { totalVideoFrames, droppedVideoFrames } = this.#video.getVideoPlaybackQuality()
    const framesPerSecond = Math.max(0, totalVideoFrames - this.#decoded) / seconds
    if (this.#frozenSince !== undefined && framesPerSecond > 0) {
      this.#frozen += now - this.#frozenSince
      this.#frozenSince = undefined
    }
    this.#latest = {
      bitrate: (this.#bytes * 8) / seconds,
      loss: 0,
      roundTrip: null,
      framesPerSecond,
      framesDecoded: totalVideoFrames,
      framesDropped: droppedVideoFrames,
      freezeCount: this.#freezes,
      freezeDuration: this.#frozen,
      width: this.#video.videoWidth,
      height: this.#video.videoHeight,
      videoCodec: codecs?.video ?? null,
      audioCodec: codecs?.audio ?? null,
      jitterBuffer: this.#ahead() * 1000,
    }
    this.#bytes = 0
    this.#lookedAt = now
    this.#decoded = totalVideoFrames
    return this.#latest
  }

  /** Seconds that are there to be played. */
  #ahead(): number {
    const { buffered, currentTime } = this.#video
    for (let index = 0; index < buffered.length; index++)
      if (buffered.start(index) <= currentTime && currentTime <= buffered.end(index))
        return buffered.end(index) - currentTime
    return 0
  }
}
