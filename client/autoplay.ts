import type { Playback } from './viewing.ts'

/** Plays a video element as far as the browser lets it: with sound, else silent, else after a tap. */
export class Autoplay {
  readonly #video: HTMLVideoElement
  readonly #onPlayback: (playback: Playback) => void
  #playback: Playback = 'playing'
  /** By us, for the browser plays no sound before a tap. */
  #silenced = false

  constructor(
    video: HTMLVideoElement,
    { onPlayback, signal }: { onPlayback: (playback: Playback) => void; signal: AbortSignal },
  ) {
    this.#video = video
    this.#onPlayback = onPlayback
    video.playsInline = true // or iPhones go full screen
    video.addEventListener('volumechange', () => this.#volumeChanged(), { signal })
  }

  get playback(): Playback {
    return this.#playback
  }

  /** Plays with sound; for a tap. */
  async play(): Promise<void> {
    if (this.#silenced) this.#video.muted = false
    this.#silenced = false
    await this.start()
  }

  /** As soon as there is something to play. Never rejects. */
  async start(): Promise<void> {
    const video = this.#video
    try {
      await video.play()
      this.#become(this.#silenced ? 'muted' : 'playing')
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NotAllowedError') return // interrupted: plays later
      if (video.muted) {
        this.#become('needs-tap')
        return
      }
      this.#silenced = true
      video.muted = true
      await this.start()
    }
  }

  #volumeChanged(): void {
    if (!this.#silenced || this.#video.muted) return
    this.#silenced = false
    if (this.#playback === 'muted') this.#become('playing')
  }

  #become(playback: Playback): void {
    if (playback === this.#playback) return
    this.#playback = playback
    this.#onPlayback(playback)
  }
}
