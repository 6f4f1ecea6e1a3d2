import { Autoplay } from './autoplay.ts'
import type { Playback } from './viewing.ts'

/** What the video element is told about. */
type IncomingMediaListeners = {
  /** The first picture, or sound where there is no picture, of the newest connection is shown. */
  onFlowing: () => void
  onPlayback: (playback: Playback) => void
}

/** The connection that is shown, or will be. */
type Source = {
  readonly peer: RTCPeerConnection
  /** Those that are in the element's stream. */
  readonly tracks: Set<MediaStreamTrack>
  hasVideo: boolean
  /** Shown since it came, and since it was last expected to flow. */
  shown: boolean
  flowing: boolean
}

/**
 * Shows the tracks of one connection after another in one video element. All are put into one MediaStream, the new
 * ones only when their media has arrived: so the last picture stays until the next one is there.
 */
export class IncomingMedia {
  readonly #video: HTMLVideoElement
  readonly #stream = new MediaStream()
  readonly #listeners: IncomingMediaListeners
  readonly #abort = new AbortController()
  readonly #autoplay: Autoplay
  #source: Source | undefined
  #replaced: RTCPeerConnection[] = []

  constructor(video: HTMLVideoElement, listeners: IncomingMediaListeners) {
    this.#video = video
    this.#listeners = listeners
    const { signal } = this.#abort
    this.#autoplay = new Autoplay(video, { onPlayback: listeners.onPlayback, signal })
    video.srcObject = this.#stream
    video.addEventListener('timeupdate', () => this.#timeMoved(), { signal })
  }

  get playback(): Playback {
    return this.#autoplay.playback
  }

  /** Shows what `peer` receives from now on; call it before the answer is applied. It owns the connection. */
  show(peer: RTCPeerConnection): void {
    const source: Source = { peer, tracks: new Set(), hasVideo: false, shown: false, flowing: false }
    if (this.#source?.shown) this.#replaced.push(this.#source.peer)
    else this.#source?.peer.close()
    this.#source = source
    peer.addEventListener('track', ({ track }) => {
      if (track.kind === 'video') source.hasVideo = true
      if (this.#stream.getTracks().length === 0 || !track.muted) this.#take(source, track)
      else track.addEventListener('unmute', () => this.#take(source, track), { once: true })
    })
  }

  /** Statistics say that pictures were decoded, or bytes received: counts where the page is hidden and shows nothing. */
  received(peer: RTCPeerConnection, { pictures, bytes }: { pictures: boolean; bytes: boolean }): void {
    const source = this.#source
    if (source?.peer === peer && (source.hasVideo ? pictures : bytes)) this.#flows(source)
  }

  /** A picture of this connection, or its sound, is shown. */
  flows(peer: RTCPeerConnection): boolean {
    return this.#source?.peer === peer && this.#source.flowing
  }

  /** After an interruption at the publisher's: tells `onFlowing` once more. */
  expectPicture(): void {
    if (!this.#source) return
    this.#source.flowing = false
    this.#awaitPicture(this.#source)
  }

  /** Lets go of the connection, and keeps the last picture. */
  hangUp(): void {
    for (const peer of this.#replaced) peer.close()
    this.#replaced = []
    this.#source?.peer.close()
    this.#source = undefined
  }

  /** Plays with sound; for a tap. */
  play(): Promise<void> {
    return this.#autoplay.play()
  }

  /** Leaves the element as it is, with its last picture. */
  release(): void {
    this.#abort.abort()
    this.hangUp()
  }

  #take(source: Source, track: MediaStreamTrack): void {
    if (this.#source !== source || source.tracks.has(track)) return
    source.tracks.add(track)
    this.#stream.addTrack(track)
    for (const old of this.#stream.getTracks())
      if (old.kind === track.kind && !source.tracks.has(old)) this.#stream.removeTrack(old)
    if (track.kind === 'video') this.#awaitPicture(source)
    void this.#autoplay.start()
  }

  #awaitPicture(source: Source): void {
    const video = this.#video as { requestVideoFrameCallback?: HTMLVideoElement['requestVideoFrameCallback'] }
    video.requestVideoFrameCallback?.(() => this.#flows(source))
  }

  /** For browsers that do not tell of single pictures, and for sound alone. */
  #timeMoved(): void {
    const source = this.#source
    if (!source || source.tracks.size === 0) return
    if (!source.hasVideo || !('requestVideoFrameCallback' in this.#video)) this.#flows(source)
  }

  #flows(source: Source): void {
    if (source.flowing || this.#source !== source) return
    source.flowing = true
    source.shown = true
    for (const peer of this.#replaced) peer.close()
    this.#replaced = []
    for (const old of this.#stream.getTracks()) if (!source.tracks.has(old)) this.#stream.removeTrack(old)
    this.#listeners.onFlowing()
  }
}
