/** A track whose media arrives when it is told to. */
export class FakeTrack extends EventTarget {
  readonly kind: string
  enabled = true
  muted = false
  readyState: 'live' | 'ended' = 'live'
  readonly #size: { width?: number; height?: number }

  constructor(kind: 'audio' | 'video', size: { width?: number; height?: number } = {}) {
    super()
    this.kind = kind
    this.#size = size
  }

  getSettings(): { width?: number; height?: number } {
    return this.#size
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** Its first packet is here. */
  unmute(): void {
    this.muted = false
    this.dispatchEvent(new Event('unmute'))
  }
}

/** A MediaStream that is nothing but a list. */
export class FakeStream {
  readonly #tracks: FakeTrack[]

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = [...tracks]
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks]
  }

  getAudioTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio')
  }

  getVideoTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video')
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.push(track)
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.splice(this.#tracks.indexOf(track), 1)
  }

  asStream(): MediaStream {
    return this as unknown as MediaStream
  }
}

type FrameCallback = (now: number, frame: { rtpTimestamp?: number; expectedDisplayTime: number }) => void

/** A video element; `refuses` is what its browser does not play before a tap. */
export class FakeVideo extends EventTarget {
  srcObject: FakeStream | null = null
  playsInline = false
  refuses: 'nothing' | 'sound' | 'everything' = 'nothing'
  played = 0
  #muted = false
  #callbacks: FrameCallback[] = []

  get muted(): boolean {
    return this.#muted
  }

  set muted(muted: boolean) {
    this.#muted = muted
    this.dispatchEvent(new Event('volumechange'))
  }

  async play(): Promise<void> {
    this.played++
    if (this.refuses === 'everything' || (this.refuses === 'sound' && !this.#muted))
      throw new DOMException('a tap is needed', 'NotAllowedError')
  }

  requestVideoFrameCallback(callback: FrameCallback): number {
    return this.#callbacks.push(callback)
  }

  cancelVideoFrameCallback(): void {
    this.#callbacks = []
  }

  /** Displays a picture. */
  show(frame: { rtpTimestamp?: number; expectedDisplayTime?: number } = {}): void {
    for (const callback of this.#callbacks.splice(0)) callback(0, { expectedDisplayTime: 0, ...frame })
  }

  asVideo(): HTMLVideoElement {
    return this as unknown as HTMLVideoElement
  }
}
