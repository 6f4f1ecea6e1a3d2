import assert from 'node:assert/strict'
import type { Layer } from '../../src/core/layer.ts'
import type { PackageListener } from '../../src/core/packaging/live-packages.ts'
import { Packager } from '../../src/core/packaging/packager.ts'
import { Track } from '../../src/core/track.ts'
import type { Codec, TrackInfo } from '../../src/core/track-info.ts'
import type { AccessUnit } from '../../src/media/access-unit.ts'
import { FakeClock } from './fake-clock.ts'
import { PackagedMedia } from './packaged-media.ts'

/** Parameter sets of 160×120 and of 320×240, as x264 writes them. */
export const PARAMETER_SETS = {
  small: ['6742c00bda0a11f970110000030001000003003c0f142aa0', '68ce0fc8'],
  large: ['6742c00dda0507ec0440000003004000000f03c50aa8', '68ce0fc8'],
} as const

export const nalUnits = (...units: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(
    units.flatMap((unit) => {
      const bytes = typeof unit === 'string' ? Buffer.from(unit, 'hex') : unit
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )

const STEREO_20_MS = 0xfc
const FIRST_TIMESTAMP = 1_000_000

/** How a camera, a microphone and the way to the server behave. */
export type SourceOptions = {
  /** Units a second. */
  rate?: number
  /** Seconds between key frames that come by themselves. */
  keyEvery?: number
  /** Sends key frames when asked. */
  answers?: boolean
  /** Share of a frame's duration by which it may be early or late. */
  jitter?: number
  /** Seconds on the way. */
  delay?: number
  /** How much the clock of the time stamps is too fast. */
  ppm?: number
  /** Of the first unit. */
  timestamp?: number
  /** Sends sender reports. */
  reports?: boolean
}

/** A layer's units, in the order and at the time of their arrival. */
export class Source {
  readonly layer: Layer
  active = true
  /** The next units do not arrive. */
  losing = 0
  parameterSets: readonly string[] = PARAMETER_SETS.small
  /** Requests for a key frame, in seconds. */
  readonly requests: number[] = []
  /** Seconds by which the publisher's clock is wrong. */
  clockError = 0
  sent = 0
  readonly #options: Required<SourceOptions>
  readonly #rig: PackagingRig
  readonly #from: number
  #index = 0
  #keyWanted = true
  #keyAt = -Infinity
  #reportedAt = -Infinity
  #afterLoss = false
  #random = 1

  constructor(rig: PackagingRig, layer: Layer, options: SourceOptions = {}) {
    this.#rig = rig
    this.layer = layer
    this.#from = rig.now
    this.#options = {
      ...{ rate: layer.track.kind === 'video' ? 30 : 50, keyEvery: Infinity, answers: true, jitter: 0 },
      ...{ delay: 0.05, ppm: 0, timestamp: FIRST_TIMESTAMP, reports: true },
      ...options,
    }
  }

  /** Seconds when the next unit arrives. */
  get due(): number {
    return this.#takenAt + this.#options.delay
  }

  requested(): void {
    this.requests.push(this.#rig.now)
    if (this.#options.answers) this.#keyWanted = true
  }

  /** Its time stamps jump by so many seconds. */
  jump(seconds: number): void {
    this.#options.timestamp += seconds * this.layer.track.clockRate
  }

  /** Goes on at another rate. */
  change(rate: number): void {
    this.#options.rate = rate
  }

  send(): void {
    const takenAt = this.#takenAt
    const jitter = (this.#nextRandom() * 2 - 1) * this.#options.jitter
    const shownAt = takenAt + jitter / this.#options.rate
    this.#index++
    this.#next = takenAt + 1 / this.#options.rate
    if (!this.active) return
    const { clockRate, kind } = this.layer.track
    const { ppm, keyEvery, timestamp: first, reports } = this.#options
    const ticks = Math.round((shownAt - this.#from) * clockRate * (1 + ppm / 1e6))
    const timestamp = first + ticks
    if (reports && takenAt >= this.#reportedAt + 1) {
      this.#reportedAt = takenAt
      const capturedAt = this.#rig.epochOf(shownAt + this.clockError)
      this.layer.captureClock = { rtpTimestamp: timestamp >>> 0, capturedAt }
    }
    const keyFrame = kind === 'audio' || this.#keyWanted || takenAt >= this.#keyAt + keyEvery - 1e-6
    if (keyFrame) {
      this.#keyAt = takenAt
      this.#keyWanted = false
    }
    if (this.losing > 0) {
      this.losing--
      this.#afterLoss = true
      return
    }
    this.sent++
    this.layer.writeUnit({ timestamp, keyFrame, afterLoss: this.#afterLoss, data: this.#data(keyFrame) })
    this.#afterLoss = false
  }

  #next: number | undefined

  get #takenAt(): number {
    return this.#next ?? this.#from
  }

  #data(keyFrame: boolean): AccessUnit['data'] {
    if (this.layer.track.kind === 'audio') return Buffer.from([STEREO_20_MS, this.#index & 0xff, 7])
    const slice = Buffer.from([keyFrame ? 0x65 : 0x41, 0x88, this.#index & 0xff, 0x80])
    return keyFrame ? nalUnits(...this.parameterSets, slice) : nalUnits(slice)
  }

  /** Always the same numbers. */
  #nextRandom(): number {
    this.#random = (this.#random * 48_271) % 0x7fffffff
    return this.#random / 0x7fffffff
  }
}

type Tracks = { video?: number; audio?: boolean; videoCodec?: Codec }

const infosOf = ({ video = 1, audio = true, videoCodec = 'H264' }: Tracks): TrackInfo[] => {
  const layers = Array.from({ length: video }, (_, index) => ({ rid: video > 1 ? String(index) : '' }))
  return [
    ...(audio ? [{ kind: 'audio', codec: 'opus', clockRate: 48_000, layers: [{ rid: '' }] } as const] : []),
    ...(video > 0 ? [{ kind: 'video', codec: videoCodec, clockRate: 90_000, layers } as const] : []),
  ]
}

/** A packager, whatever it makes, and publishers whose time passes only when told to. */
export class PackagingRig {
  readonly clock: FakeClock
  readonly media = new Map<string, PackagedMedia>()
  /** Ids of what is made now, whenever that changed. */
  readonly announced: string[][] = []
  readonly packager: Packager
  sources: Source[] = []
  readonly #epoch: number
  readonly #begun: number

  constructor({
    partTarget = 0.25,
    clock = new FakeClock(),
    listener,
  }: { partTarget?: number; clock?: FakeClock; listener?: PackageListener } = {}) {
    this.clock = clock
    this.#epoch = clock.now()
    this.#begun = clock.monotonic()
    this.packager = new Packager({
      ...{ clock, partTarget, segmentDuration: 2, targetDuration: 4 },
      onRendition: (rendition) => {
        this.media.set(rendition.id, new PackagedMedia(rendition))
        listener?.renditionAdded(rendition)
      },
      onRenditionsChanged: (renditions) => {
        this.announced.push(renditions.map(({ id }) => id))
        listener?.renditionsChanged?.(renditions)
      },
    })
    void this.packager.closed.then(() => listener?.ended())
  }

  /** Seconds since the beginning. */
  get now(): number {
    return (this.clock.monotonic() - this.#begun) / 1000
  }

  epochOf(seconds: number): number {
    return this.#epoch + seconds * 1000
  }

  of(id: string): PackagedMedia {
    return this.media.get(id) ?? assert.fail(`there is no ${id}`)
  }

  /** The tracks of a publisher, without anything on them. */
  tracks(wanted: Tracks = {}): Layer[] {
    this.sources = []
    const tracks = infosOf(wanted).map(
      (info) =>
        new Track(info, (layer) => this.sources.find((source) => source.layer === layer)?.requested()),
    )
    this.packager.tracksChanged(tracks)
    return tracks.flatMap(({ layers }) => layers)
  }

  /** A publisher takes over. In the order of its layers: best picture first, sound last. */
  publish(
    wanted: Tracks = {},
    { video = {}, audio = {} }: { video?: SourceOptions; audio?: SourceOptions } = {},
  ): Source[] {
    const layers = this.tracks(wanted).toSorted((a, b) => b.track.kind.localeCompare(a.track.kind))
    this.sources = layers.map(
      (layer) => new Source(this, layer, layer.track.kind === 'video' ? video : audio),
    )
    return this.sources
  }

  run(seconds: number): void {
    const end = this.now + seconds
    for (;;) {
      const next = this.sources.reduce<Source | undefined>((a, b) => (a && a.due <= b.due ? a : b), undefined)
      if (!next || next.due > end) break
      this.#advanceTo(next.due)
      next.send()
    }
    this.#advanceTo(end)
  }

  assertSound(options: { steady?: boolean } = {}): void {
    for (const media of this.media.values()) media.assertSound(options)
  }

  #advanceTo(seconds: number): void {
    this.clock.advance(Math.max(0, (seconds - this.now) * 1000))
  }
}
