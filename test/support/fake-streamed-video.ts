import { FakeVideo } from './fake-media.ts'

/** A list of stretches of time. */
function ranges(...stretches: readonly (readonly [from: number, to: number])[]): TimeRanges {
  return {
    length: stretches.length,
    start: (index) => stretches[index]?.[0] ?? 0,
    end: (index) => stretches[index]?.[1] ?? 0,
  }
}

/** A video element that plays a stream over HTTP, as far as the test says. */
export class FakeStreamedVideo extends FakeVideo {
  src = ''
  currentTime = 0
  readyState = 0
  paused = true
  ended = false
  videoWidth = 1280
  videoHeight = 720
  error: { message: string } | null = null
  seekable = ranges()
  buffered = ranges()
  /** Whether the browser knows HLS itself. */
  knowsHls = false
  frames = { totalVideoFrames: 0, droppedVideoFrames: 0 }

  getVideoPlaybackQuality(): { totalVideoFrames: number; droppedVideoFrames: number } {
    return this.frames
  }

  override async play(): Promise<void> {
    await super.play()
    this.paused = false
  }

  canPlayType(type: string): string {
    return this.knowsHls && type === 'application/vnd.apple.mpegurl' ? 'maybe' : ''
  }

  removeAttribute(): void {
    this.src = ''
  }

  load(): void {
    this.readyState = 0
  }

  /** The player has told it what comes. */
  begin(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('loadedmetadata'))
  }

  /** Pictures move; `from` can be gone back to. */
  playAt(currentTime: number, { from = 0, buffered = currentTime + 2 } = {}): void {
    this.readyState = 4
    this.currentTime = currentTime
    this.seekable = ranges([from, buffered])
    this.buffered = ranges([from, buffered])
    this.dispatchEvent(new Event('playing'))
  }

  /** Nothing is left to be shown, and the time is told once more. */
  runDry(): void {
    this.readyState = 2
    this.dispatchEvent(new Event('waiting'))
    this.dispatchEvent(new Event('timeupdate'))
  }

  end(): void {
    this.ended = true
    this.dispatchEvent(new Event('ended'))
  }
}
