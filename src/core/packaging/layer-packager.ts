import type { AccessUnit } from '../../media/access-unit.ts'
import { DecodeTimes, reorderingOf } from '../../media/fmp4/decode-times.ts'
import { initialization } from '../../media/fmp4/initialization.ts'
import { parametersOf, sameParameters } from '../../media/fmp4/parameters-of.ts'
import { sampleOf } from '../../media/fmp4/sample-of.ts'
import type { TrackParameters } from '../../media/fmp4/track-parameters.ts'
import { depacketizeH264 } from '../../media/h264/depacketize.ts'
import type { Layer } from '../layer.ts'
import type { Boundaries, Boundary } from './boundaries.ts'
import type { PackagedRendition } from './packaged-rendition.ts'
import { type Timeline, TrackClock } from './timeline.ts'

/** Seconds; a sample that lasted longer stopped being sent, not being shown. */
const LONGEST_SAMPLE = 2
/** Seconds around a boundary in which a layer's own key frame counts as the one of the boundary. */
const NEAR = 0.3
/** Seconds between two requests for a key frame. */
const ASK_EVERY = 0.5
const AUDIO_EARLY = 0.01

type Pending = {
  readonly data: Uint8Array
  readonly key: boolean
  readonly decodeTime: number
  readonly compositionOffset: number
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
  readonly #stopListening: () => void
  #parameters: TrackParameters | undefined
  #decodeTimes: DecodeTimes | undefined
  #pending: Pending | undefined
  /** Ticks of the latest sample, for the one after which nothing comes. */
  #usualDuration: number
  #needsKeyFrame: boolean
  #askedAt = -Infinity
  /** Units that were left out because something before them was lost. */
  dropped = 0

  constructor(options: LayerPackagerOptions) {
    const { layer, timeline, boundaries } = options
    this.#options = options
    this.#clock = new TrackClock(timeline, layer.track)
    this.#needsKeyFrame = layer.track.kind === 'video'
    this.#usualDuration = Math.round(layer.track.clockRate / (this.#needsKeyFrame ? 30 : 50))
    this.#stopListening = boundaries.listen((boundary, previous) => this.#onBoundary(boundary, previous))
  }

  get rendition(): PackagedRendition {
    return this.#options.rendition
  }

  /** The unit comes again by `push`, when it is time. */
  saw(unit: AccessUnit): void {
    this.#clock.saw(unit.timestamp)
  }

  push(unit: AccessUnit): void {
    const { layer, boundaries, rendition } = this.#options
    const ticks = this.#clock.ticksOf(unit.timestamp, layer.captureClock)
    const time = ticks / rendition.timescale
    const key = layer.track.kind === 'audio' || unit.keyFrame
    if (!key && (this.#needsKeyFrame || unit.afterLoss)) {
      this.#needsKeyFrame = true
      this.dropped++
      this.#ask(time)
      return
    }
    this.#needsKeyFrame = false
    const changed = key && this.#readParameters(unit)
    if (!this.#parameters) return
    this.#decodeTimes ??= new DecodeTimes({
      reordering: reorderingOf(this.#parameters),
      timescale: rendition.timescale,
    })
    const decodeTime = this.#decodeTimes.next(ticks)
    this.#flush(decodeTime)
    if (changed || boundaries.isDue(time, { key, leads: this.#options.leads })) boundaries.announce(time, key)
    this.#follow(time, key, changed)
    if (boundaries.wantsKeyFrame(time)) this.#ask(time)
    this.#pending = {
      data: sampleOf(layer.track.codec, unit),
      key,
      decodeTime,
      compositionOffset: ticks - decodeTime,
    }
  }

  /** The publisher is gone: the last sample gets the usual duration. */
  finish(): void {
    this.#stopListening()
    this.#flush(undefined)
    this.#options.rendition.complete()
  }

  #follow(time: number, key: boolean, changed: boolean): void {
    const { boundaries, rendition, timeline, layer } = this.#options
    const { latest } = boundaries
    if (!latest || rendition.number >= latest.number) return
    const reached =
      layer.track.kind === 'audio'
        ? time >= latest.time - AUDIO_EARLY
        : (key && time >= latest.time - NEAR) || time >= latest.time + NEAR
    if (changed || reached) rendition.begin(latest.number, timeline.epochOf(time), latest.discontinuity)
  }

  /** A layer that sent nothing since the boundary before must not hold up whoever watches it. */
  #onBoundary(boundary: Boundary, previous: Boundary | undefined): void {
    const { rendition, timeline } = this.#options
    if (!previous || rendition.number < 0 || rendition.number >= previous.number) return
    this.#flush(undefined)
    const { number, time } = previous
    rendition.miss({ number, duration: boundary.time - time, startedAt: timeline.epochOf(time) })
  }

  /** Gives out the sample that waits for its duration. */
  #flush(nextDecodeTime: number | undefined): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = undefined
    const { rendition } = this.#options
    const { decodeTime, ...sample } = pending
    const passed = nextDecodeTime === undefined ? Infinity : nextDecodeTime - decodeTime
    const duration = passed <= LONGEST_SAMPLE * rendition.timescale ? passed : this.#usualDuration
    this.#usualDuration = duration
    rendition.push({ ...sample, duration }, decodeTime)
  }

  /** True when a decoder must be set up anew. */
  #readParameters(unit: AccessUnit): boolean {
    const { layer, rendition } = this.#options
    const { codec } = layer.track
    if (codec === 'opus' && this.#parameters) return false
    const parameters = parametersOf(codec, unit.data) ?? this.#parameters ?? outOfBand(layer)
    if (!parameters || (this.#parameters && sameParameters(parameters, this.#parameters))) return false
    const isFirst = this.#parameters === undefined
    this.#parameters = parameters
    const { bytes, codecs, width, height } = initialization(parameters, { timescale: rendition.timescale })
    if (rendition.initialization?.bytes.equals(bytes)) return false
    rendition.codec = codec
    rendition.initialize({ bytes, codecs, width, height })
    return !isFirst
  }

  #ask(time: number): void {
    const { layer } = this.#options
    if (layer.track.kind === 'audio' || time - this.#askedAt < ASK_EVERY) return
    this.#askedAt = time
    layer.requestKeyFrame()
  }
}

/** H264 encoders may have sent their parameter sets before we listened. */
function outOfBand({ parameterSets }: Layer): TrackParameters | undefined {
  const unit = parameterSets && depacketizeH264([parameterSets])
  return unit && parametersOf('H264', unit.data)
}
