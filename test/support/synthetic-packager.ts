import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import type {
  Initialization,
  Part,
  Rendition,
  RenditionReader,
  Segment,
} from '../../src/core/packaging/rendition.ts'
import type { Codec } from '../../src/core/track-info.ts'
import { fragmentsIn, trackDefaultsOf } from '../../src/platform/recordings/fragments.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Seconds of media that ffmpeg makes; a longer broadcast repeats them with later time stamps. */
const LOOP = 8
const SEGMENT = 2

type Clip = {
  readonly initialization: Buffer
  readonly codecs: string
  readonly width: number
  readonly height: number
  readonly timescale: number
  /** Of all fragments. */
  readonly ticks: number
  readonly fragments: readonly { readonly bytes: Buffer; readonly ticks: number }[]
}
type Kind = {
  kind: 'video' | 'audio'
  codec: Codec
  codecs: string
  width: number
  height: number
  args: string[]
}

const video = (width: number, height: number): Kind => ({
  ...{ kind: 'video', codec: 'H264', codecs: 'avc1.42c015', width, height },
  args: [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=30`, '-t', String(LOOP)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
    ...['-bf', '0', '-g', '60', '-keyint_min', '60', '-sc_threshold', '0'],
  ],
})
const KINDS = {
  v0: video(320, 180),
  v1: video(160, 90),
  a0: {
    ...{ kind: 'audio', codec: 'opus', codecs: 'opus', width: 0, height: 0 },
    args: [
      '-f',
      'lavfi',
      '-i',
      'sine=440:sample_rate=48000',
      '-t',
      String(LOOP),
      '-c:a',
      'libopus',
      '-b:a',
      '48k',
    ],
  },
} as const satisfies Record<string, Kind>

/** What a synthetic broadcast may consist of. */
export type SyntheticId = keyof typeof KINDS

const clips = new Map<string, Promise<Clip>>()

/** Cut by ffmpeg into fragments of 250 ms; once per process. */
function clipOf(kind: Kind): Promise<Clip> {
  const key = kind.args.join(' ')
  let clip = clips.get(key)
  if (!clip) {
    clip = makeClip(kind)
    clips.set(key, clip)
  }
  return clip
}

async function makeClip({ kind, codecs, width, height, args }: Kind): Promise<Clip> {
  using folder = temporaryFolder()
  const path = folder.file('clip.mp4')
  const flags = `cmaf+empty_moov+default_base_moof+skip_trailer${kind === 'video' ? '+frag_keyframe' : ''}`
  const cutting = ['-movflags', flags, '-frag_duration', '250000', '-f', 'mp4', path]
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args, ...cutting], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  const bytes = await readFile(path)
  const start = bytes.readUInt32BE(0) + bytes.readUInt32BE(bytes.readUInt32BE(0)) // ftyp and moov
  const initialization = bytes.subarray(0, start)
  const defaults = trackDefaultsOf(initialization)
  await using file = await open(path)
  const fragments = []
  for await (const { offset, size, duration } of fragmentsIn(file, {
    from: start,
    end: bytes.length,
    defaults,
  }))
    fragments.push({ bytes: bytes.subarray(offset, offset + size), ticks: duration })
  const ticks = fragments.reduce((sum, fragment) => sum + fragment.ticks, 0)
  return { initialization, codecs, width, height, timescale: defaults.timescale, ticks, fragments }
}

/** One rendition, handed over part by part when it is told to. */
class SyntheticRendition implements Rendition {
  readonly id: string
  readonly kind: 'video' | 'audio'
  readonly codec: Codec
  readonly partTarget = 0.25
  readonly readers = new Set<RenditionReader>()
  #clip: Clip
  #initialization: Initialization
  #segment: (Segment & { parts: Part[]; duration: number; complete: boolean }) | undefined
  #number = 0
  /** Fragments since time stamps began, and their ticks. */
  #index = 0
  #ticks = 0
  /** When time stamps began, in milliseconds since the epoch. */
  #origin: number
  #discontinuity = false
  #discontinuities = 0

  constructor(id: string, { kind, codec }: Kind, clip: Clip, origin: number) {
    this.id = id
    this.kind = kind
    this.codec = codec
    this.#clip = clip
    this.#origin = origin
    this.#initialization = initializationOf(clip, 0)
  }

  read(reader: RenditionReader): () => void {
    this.readers.add(reader)
    return () => this.readers.delete(reader)
  }

  /** When the next part is complete, in milliseconds since the epoch. */
  get due(): number {
    return this.#origin + ((this.#ticks + this.#next.ticks) * 1000) / this.#clip.timescale
  }

  hand(): number {
    const { bytes, ticks } = this.#next
    const at = this.#ticks / this.#clip.timescale
    const independent = this.kind === 'audio' || at % SEGMENT === 0
    if (this.#segment && independent && at - this.#startOfSegment >= SEGMENT - 0.01) this.endSegment()
    this.#segment ??= {
      number: this.#number++,
      initialization: this.#initialization,
      parts: [],
      duration: 0,
      startedAt: Math.round(this.#origin + at * 1000),
      discontinuity: this.#discontinuity,
      discontinuities: this.#discontinuities,
      complete: false,
    }
    this.#discontinuity = false
    const loop = Math.floor(this.#index / this.#clip.fragments.length)
    const part = {
      bytes: loop === 0 ? bytes : laterBy(bytes, loop * this.#clip.ticks),
      duration: ticks / this.#clip.timescale,
      independent,
    }
    this.#segment.parts.push(part)
    this.#segment.duration += part.duration
    this.#index++
    this.#ticks += ticks
    for (const reader of this.readers) reader.partCompleted(this, this.#segment, part)
    return part.duration
  }

  endSegment(): void {
    const segment = this.#segment
    if (!segment) return
    segment.complete = true
    this.#segment = undefined
    for (const reader of this.readers) reader.segmentCompleted(this, segment)
  }

  /** Up to the next key frame nothing was sent. */
  missSegment(): void {
    this.endSegment()
    const from = this.#ticks / this.#clip.timescale
    do {
      this.#ticks += this.#next.ticks
      this.#index++
    } while ((this.#ticks / this.#clip.timescale) % SEGMENT !== 0)
    const missed = {
      number: this.#number++,
      startedAt: Math.round(this.#origin + from * 1000),
      duration: this.#ticks / this.#clip.timescale - from,
      discontinuity: this.#discontinuity,
      discontinuities: this.#discontinuities,
    }
    for (const reader of this.readers) reader.segmentMissed?.(this, missed)
  }

  /** Time stamps begin anew, with another picture when there is a clip. */
  restart(origin: number, clip?: Clip): void {
    this.endSegment()
    if (clip) {
      this.#clip = clip
      this.#initialization = initializationOf(clip, this.#initialization.number + 1)
    }
    this.#origin = origin
    this.#index = 0
    this.#ticks = 0
    this.#discontinuity = true
    this.#discontinuities++
  }

  get #next() {
    return this.#clip.fragments[this.#index % this.#clip.fragments.length]!
  }

  get #startOfSegment(): number {
    return ((this.#segment?.startedAt ?? 0) - this.#origin) / 1000
  }
}

function initializationOf({ initialization, codecs, width, height }: Clip, number: number): Initialization {
  return { number, bytes: initialization, codecs, width, height }
}

/** ISO/IEC 14496-12 §8.8.12: `tfdt` says when a fragment begins. */
function laterBy(fragment: Buffer, ticks: number): Buffer {
  const copy = Buffer.from(fragment)
  const tfdt = copy.indexOf('tfdt')
  assert.equal(copy[tfdt + 4], 1, 'a tfdt of 64 bits')
  copy.writeBigUInt64BE(copy.readBigUInt64BE(tfdt + 8) + BigInt(ticks), tfdt + 8)
  return copy
}

/** A publisher and its packager in one: real media, at the pace of the test. */
export class SyntheticBroadcast {
  readonly renditions: readonly SyntheticRendition[]
  /** Seconds of video, or of the only rendition, that were handed over. */
  handed = 0
  #now: number

  static async make(
    ids: readonly SyntheticId[] = ['v0', 'a0'],
    startedAt = Date.UTC(2030, 0, 1),
  ): Promise<SyntheticBroadcast> {
    const made = ids.map(
      async (id) => new SyntheticRendition(id, KINDS[id], await clipOf(KINDS[id]), startedAt),
    )
    return new SyntheticBroadcast(await Promise.all(made), startedAt)
  }

  private constructor(renditions: readonly SyntheticRendition[], startedAt: number) {
    this.renditions = renditions
    this.#now = startedAt
  }

  /** Hands over what is complete by then, in the order of time. */
  play(seconds: number): void {
    this.#now += seconds * 1000
    for (;;) {
      const next = this.renditions.reduce((a, b) => (a.due <= b.due ? a : b))
      if (next.due > this.#now + 1) return
      const duration = next.hand()
      if (next === this.renditions[0]) this.handed += duration
    }
  }

  /** The publisher is away for so long; its media begins anew. */
  gap(seconds: number): void {
    this.#now += seconds * 1000
    for (const rendition of this.renditions) rendition.restart(this.#now)
  }

  /** The picture of the first rendition is another from now on, as when a phone is turned. */
  async changePicture(): Promise<void> {
    const clip = await clipOf(video(180, 320))
    this.renditions.forEach((rendition, index) =>
      rendition.restart(this.#now, index === 0 ? clip : undefined),
    )
  }

  /** The next segment of one rendition has no media. */
  miss(id: string): void {
    for (const rendition of this.renditions) if (rendition.id === id) rendition.missSegment()
  }

  /** The packager completes what it has. */
  finish(): void {
    for (const rendition of this.renditions) rendition.endSegment()
  }
}
