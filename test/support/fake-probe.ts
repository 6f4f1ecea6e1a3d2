import type { MediaFacts, MediaProbe } from '../../src/core/media-probe.ts'

export const FACTS: MediaFacts = {
  duration: 20,
  width: 640,
  height: 360,
  codecs: ['h264', 'aac'],
  bitrate: 1_000_000,
}

/** Finds the same in every file, but nothing in those called broken; remembers what it was asked. */
export class FakeProbe implements MediaProbe {
  isThere = true
  readonly probed: string[] = []
  readonly pictured: { path: string; atSeconds: number }[] = []
  /** Pictures later than this do not exist. */
  lastPicture = Infinity

  async available(): Promise<boolean> {
    return this.isThere
  }

  async probe(path: string): Promise<MediaFacts> {
    this.probed.push(path)
    if (path.includes('broken')) throw new Error('not a video')
    return FACTS
  }

  async poster(path: string, atSeconds: number): Promise<Buffer> {
    this.pictured.push({ path, atSeconds })
    if (atSeconds > this.lastPicture) throw new Error('no picture there')
    return Buffer.from(`picture at ${atSeconds}`)
  }
}
