import type { AccessUnit } from '../../media/access-unit.ts'
import { DecodeTimes, reorderingOf } from '../../media/fmp4/decode-times.ts'
import { sampleOf } from '../../media/fmp4/sample-of.ts'
import { opusDuration } from '../../media/opus/opus-duration.ts'
import type { Layer } from '../layer.ts'
import type { Boundaries } from './boundaries.ts'
import { opusFiller } from './opus-filler.ts'
import type { PackagedRendition } from './packaged-rendition.ts'
import { ParameterReader } from './parameter-reader.ts'
import { type Timeline, TrackClock } from './timeline.ts'

/** Seconds; a sample that lasted longer stopped being sent, not being shown. No boundary is further away. */
const LONGEST_SAMPLE = 5
/** Seconds around a boundary in which a layer's own key frame counts as the one of the boundary. */
const NEAR_BEFORE = 0.1
const NEAR_AFTER = 0.3
/** Seconds behind a boundary after which a layer that pauses waits for the next one. */
const LATE = 1
/** Seconds between two requests for a key frame. */
const ASK_EVERY = 0.5
/** Seconds by which a segment may begin too early: with a key frame that came by itself, with half a packet of sound. */
const EARLY = { audio: 0.01, video: 0.3 }

type Pending = {
  readonly data: Uint8Array
  readonly key: boolean
  readonly decodeTime: number
  readonly compositionOffset: number
}

/** Where a unit belongs. */
type Place = {
  readonly ticks: number
  readonly time: number
  readonly key: boolean
  /** A segment should begin with it. */
  readonly isDue: boolean
  /** Needs a decoder that is set up anew. */
  readonly isNew: boolean
}

export type LayerPackagerOptions = {
  layer: Layer
  rendition: PackagedRendition
  timeline: Timeline
  boundaries: Boundaries
  /** Announces boundaries by its key frames. Sound does only where there are no pictures. */
  leads: boolean
}

/** Takes one layer's access units while one publisher sends it, and makes samples of them. */
export class LayerPackager {
  readonly #options: LayerPackagerOptions
  readonly #clock: TrackClock
  readonly #reader: ParameterReader
  readonly #isAudio: boolean
  #decodeTimes: DecodeTimes | undefined
  #pending: Pending | undefined
  /** Ticks of the latest sample, for the one after which nothing comes. */
  #usualDuration: number
  #needsKeyFrame: boolean
  #askedAt = -Infinity
  /** Units that were left out because something before them was lost. */
  dropped = 0

  constructor(options: LayerPackagerOptions) {
    const { layer, timeline } = options
    this.#options = options
    this.#clock = new TrackClock(timeline, layer.track)
    this.#reader = new ParameterReader(layer)
    this.#isAudio = layer.track.kind === 'audio'
    this.#needsKeyFrame = !this.#isAudio
    this.#usualDuration = Math.round(layer.track.clockRate / (this.#isAudio ? 50 : 30))
  }

  get rendition(): PackagedRendition {
    return this.#options.rendition
  }

  /** The unit comes again by `push`, when it is time. */
  saw(unit: AccessUnit): void {
    this.#clock.saw(unit.timestamp)
  }

  push(unit: AccessUnit): void {
    const { layer, boundaries, leads } = this.#options
    const { clockRate, kind } = layer.track
    const ticks = this.#clock.ticksOf(unit.timestamp, layer.captureClock)
    const time = ticks / clockRate
    const key = this.#isAudio || unit.keyFrame
    if (!key && (this.#needsKeyFrame || unit.afterLoss)) {
      this.#drop(time)
      return
    }
    const duration = this.#usualDuration / clockRate
    const isDue = boundaries.isDue(time, { key, leads, duration, early: EARLY[kind] })
    const isLate = !isDue && this.#isLate(time)
    if (isLate) this.endSegment()
    const isNew = !isLate && key && this.#initialize(unit)
    if (isLate || !this.#reader.parameters) this.#drop(time)
    else this.#place(unit, { ticks, time, key, isDue, isNew })
  }

  /** What comes next is for another segment: the last sample gets the usual duration. */
  endSegment(): void {
    this.#flush(undefined)
    this.#options.rendition.complete()
  }

  /** What comes next begins anew. */
  interrupt(): void {
    this.endSegment()
    this.#needsKeyFrame = !this.#isAudio
  }

  #place(unit: AccessUnit, { ticks, time, key, isDue, isNew }: Place): void {
    const { layer, boundaries, leads } = this.#options
    const { codec } = layer.track
    // A decoder that is to be set up anew begins at a boundary: the one that waits to be followed, or another.
    const mustBegin = isNew && this.#decodeTimes !== undefined
    this.#needsKeyFrame = false
    this.#decodeTimes ??= this.#newDecodeTimes()
    const decodeTime = this.#decodeTimes.next(ticks)
    if (this.#isAudio) this.#fillFrom(unit, decodeTime)
    this.#flush(decodeTime)
    const announces = isDue || (mustBegin && !this.#isBehind)
    if (announces) boundaries.announce(time, key && leads)
    this.#follow(time, key, announces || mustBegin)
    // Another layer's key frame may have come first: ours should be near.
    if (this.#isBehind || boundaries.wantsKeyFrame(time)) this.#ask(time)
    this.#pending = {
      data: this.#reader.complete(unit, sampleOf(codec, unit)),
      key,
      decodeTime,
      compositionOffset: ticks - decodeTime,
    }
  }

  /** Whether what follows needs another header than what came before. */
  #initialize(unit: AccessUnit): boolean {
    const { rendition, layer } = this.#options
    const header = this.#reader.read(unit)
    if (!header || rendition.initialization?.bytes.equals(header.bytes)) return false
    const { bytes, codecs, width, height } = header
    rendition.codec = layer.track.codec
    rendition.initialize({ bytes, codecs, width, height })
    return true
  }

  #newDecodeTimes(): DecodeTimes {
    const { parameters } = this.#reader
    const reordering = parameters ? reorderingOf(parameters) : { frames: 0 }
    return new DecodeTimes({ reordering, timescale: this.#options.layer.track.clockRate })
  }

  /** A boundary was announced that the layer has not reached. */
  get #isBehind(): boolean {
    const { boundaries, rendition } = this.#options
    return boundaries.latest !== undefined && rendition.number < boundaries.latest.number
  }

  /** A layer that paused comes back in step with the others. At the beginning it may come when it can. */
  #isLate(time: number): boolean {
    const { boundaries, rendition } = this.#options
    const { latest } = boundaries
    if (this.#isAudio || !latest || latest.discontinuity || rendition.number < 0) return false
    return this.#isBehind && time > latest.time + (rendition.isGrowing ? LATE : NEAR_AFTER)
  }

  #drop(time: number): void {
    this.#needsKeyFrame = !this.#isAudio
    this.dropped++
    this.#ask(time)
  }

  #follow(time: number, key: boolean, mustBegin: boolean): void {
    const { boundaries, rendition, timeline } = this.#options
    const { latest } = boundaries
    if (!latest || !this.#isBehind) return
    const reached = this.#isAudio
      ? time >= latest.time - EARLY.audio
      : (key && time >= latest.time - NEAR_BEFORE) || time >= latest.time + NEAR_AFTER
    if (mustBegin || reached) rendition.begin(latest, timeline.epochOf(time))
  }

  /** Sound that begins, or begins again, within a segment has silence before it, from the boundary on. */
  #fillFrom(unit: AccessUnit, until: number): void {
    const { boundaries, layer } = this.#options
    const { latest } = boundaries
    const filler = this.#fillerFor(unit.data)
    if (this.#pending || !filler || !latest || !this.#isBehind) return
    const decodeTime = Math.round(latest.time * layer.track.clockRate)
    if (decodeTime >= until) return
    this.#pending = { data: filler.data, key: true, decodeTime, compositionOffset: 0 }
    this.#follow(latest.time, true, false)
  }

  #fillerFor(packet: Uint8Array): ReturnType<typeof opusFiller> {
    return this.#options.layer.track.codec === 'opus' ? opusFiller(packet) : undefined
  }

  /** Gives out the sample that waits for its duration. */
  #flush(nextDecodeTime: number | undefined): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = undefined
    const { rendition, layer } = this.#options
    const { decodeTime, ...sample } = pending
    const passed = nextDecodeTime === undefined ? Infinity : nextDecodeTime - decodeTime
    const filler = this.#fillerFor(sample.data)
    if (passed > LONGEST_SAMPLE * layer.track.clockRate) {
      rendition.push({ ...sample, duration: this.#usualDuration }, decodeTime)
      return
    }
    const own = filler ? opusDuration(sample.data) : passed
    const isGap = filler !== undefined && own > 0 && passed >= own + filler.duration
    this.#usualDuration = isGap ? own : passed
    rendition.push({ ...sample, duration: this.#usualDuration }, decodeTime)
    if (isGap) this.#fill(filler, decodeTime + own, decodeTime + passed)
  }

  /** Players do not go on counting where there is no sound, and sound and picture would part. */
  #fill(filler: { data: Uint8Array; duration: number }, from: number, until: number): void {
    const { rendition, layer } = this.#options
    for (let at = from; at < until;) {
      const left = until - at
      const duration = left < 2 * filler.duration ? left : filler.duration
      this.#follow(at / layer.track.clockRate, true, false)
      rendition.push({ data: filler.data, duration, key: true, compositionOffset: 0 }, at)
      at += duration
    }
  }

  #ask(time: number): void {
    if (this.#isAudio || time - this.#askedAt < ASK_EVERY) return
    this.#askedAt = time
    this.#options.layer.requestKeyFrame()
  }
}
