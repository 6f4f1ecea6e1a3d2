import type { AccessUnit } from '../../media/access-unit.ts'
import type { Sink } from '../feed.ts'
import type { Layer, UnitReader } from '../layer.ts'
import type { Clock, CloseReason } from '../ports.ts'
import type { Track } from '../track.ts'
import { Boundaries, type Boundary } from './boundaries.ts'
import { LayerPackager } from './layer-packager.ts'
import { isPackageable } from './packageable.ts'
import { PackagedRendition } from './packaged-rendition.ts'
import type { Rendition } from './rendition.ts'
import { Timeline } from './timeline.ts'

export type PackagerOptions = {
  clock: Clock
  /** Seconds. */
  partTarget: number
  segmentDuration: number
  /** Seconds that no segment exceeds. */
  targetDuration: number
  /** Called once for each rendition, before its first part. */
  onRendition: (rendition: Rendition) => void
  /** The renditions that are being made now. */
  onRenditionsChanged?: (renditions: readonly Rendition[]) => void
}

/** What the duration of a segment may have over the target and still be rounded down to it. */
const ROUNDED_DOWN = 0.49
/** Milliseconds that a publisher's first sender reports are waited for: they bring sound and picture together. */
const REPORTS_WITHIN = 1000
const MAX_WAITING = 600
/** Milliseconds without anything after which the publisher was gone, though it kept its session. */
const LONGEST_SILENCE = 4000

/**
 * Makes CMAF of a feed: one rendition for each layer, over any number of publishers one after the other. A broadcast of
 * whose tracks one cannot be packaged makes none: half of it would mislead.
 */
export class Packager implements Sink, UnitReader {
  readonly closed: Promise<CloseReason>
  readonly #options: PackagerOptions
  readonly #timeline: Timeline
  readonly #boundaries: Boundaries
  readonly #renditions = new Map<string, PackagedRendition>()
  readonly #layers = new Map<Layer, LayerPackager>()
  #waiting: { readonly layer: Layer; readonly unit: AccessUnit }[] | undefined
  #waitingSince: number | undefined
  #arrivedAt: number | undefined
  #stopReading: (() => void)[] = []
  #isClosed = false
  #settleClosed: (reason: CloseReason) => void = () => undefined

  constructor(options: PackagerOptions) {
    const { clock, segmentDuration, targetDuration } = options
    this.#options = options
    this.#timeline = new Timeline(clock)
    this.#boundaries = new Boundaries({
      ...{ segmentDuration, targetDuration },
      onOver: (boundary, end) => this.#segmentIsOver(boundary, end),
    })
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
  }

  tracksChanged(tracks: readonly Track[]): void {
    if (this.#isClosed) return
    this.#finish()
    if (!tracks.every(({ info }) => isPackageable(info.codec))) {
      this.#options.onRenditionsChanged?.([])
      return
    }
    this.#waiting = []
    this.#waitingSince = undefined
    const hasVideo = tracks.some(({ info }) => info.kind === 'video')
    for (const { info, layers } of tracks)
      for (const [index, layer] of layers.entries()) {
        const packager = new LayerPackager({
          layer,
          rendition: this.#renditionOf(`${info.kind === 'video' ? 'v' : 'a'}${index}`, layer),
          timeline: this.#timeline,
          boundaries: this.#boundaries,
          leads: info.kind === 'video' || !hasVideo,
        })
        this.#layers.set(layer, packager)
        this.#stopReading.push(layer.readUnits(this))
      }
    this.#options.onRenditionsChanged?.([...this.#layers.values()].map(({ rendition }) => rendition))
  }

  unitArrived(layer: Layer, unit: AccessUnit): void {
    const now = this.#options.clock.monotonic()
    if (now - (this.#arrivedAt ?? now) > LONGEST_SILENCE) this.#interrupt()
    this.#arrivedAt = now
    if (!this.#waiting) {
      this.#layers.get(layer)?.push(unit)
      return
    }
    this.#waiting.push({ layer, unit })
    this.#layers.get(layer)?.saw(unit)
    const waited = now - (this.#waitingSince ??= now)
    const isComplete = [...this.#layers.keys()].every(({ captureClock }) => captureClock)
    if (!isComplete && waited < REPORTS_WITHIN && this.#waiting.length < MAX_WAITING) return
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const line of waiting) this.#layers.get(line.layer)?.push(line.unit)
  }

  async close(reason: CloseReason): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#finish()
    this.#settleClosed(reason)
  }

  #renditionOf(id: string, { track }: Layer): PackagedRendition {
    const known = this.#renditions.get(id)
    if (known) {
      known.timescale = track.clockRate
      return known
    }
    const rendition = new PackagedRendition({
      id,
      kind: track.kind,
      codec: track.codec,
      timescale: track.clockRate,
      partTarget: this.#options.partTarget,
      longest: this.#options.targetDuration + ROUNDED_DOWN,
    })
    this.#renditions.set(id, rendition)
    this.#options.onRendition(rendition)
    return rendition
  }

  #finish(): void {
    for (const stop of this.#stopReading) stop()
    this.#stopReading = []
    for (const { layer, unit } of this.#waiting ?? []) this.#layers.get(layer)?.push(unit)
    this.#waiting = undefined
    this.#interrupt()
    this.#layers.clear()
    this.#arrivedAt = undefined
  }

  #interrupt(): void {
    for (const layer of this.#layers.values()) layer.interrupt()
    this.#boundaries.discontinue()
    this.#timeline.turn(this.#boundaries.reached)
  }

  /** Whatever sent nothing meanwhile, or is not sent any more, must not hold up whoever watches it. */
  #segmentIsOver(boundary: Boundary, end: number): void {
    const { number, time } = boundary
    const duration = Math.min(end - time, this.#options.targetDuration)
    for (const layer of this.#layers.values()) if (layer.rendition.number < number) layer.endSegment()
    for (const rendition of this.#renditions.values())
      if (rendition.number >= 0 && rendition.number < number)
        rendition.miss(boundary, this.#timeline.epochOf(time), duration)
  }
}
