import assert from 'node:assert/strict'
import type {
  Initialization,
  MissedSegment,
  Part,
  Rendition,
  RenditionReader,
  Segment,
} from '../../src/core/packaging/rendition.ts'
import { type Fragment, fragmentsOf } from '../../src/media/fmp4/read-fragment.ts'
import { readInitialization } from '../../src/media/fmp4/read-initialization.ts'

/** One place of a rendition's list: a segment, or none. */
export type PackagedEntry = {
  readonly number: number
  readonly segment: Segment | undefined
  readonly missed: MissedSegment | undefined
}

const SHORTEST_SHARE = 0.85
const ROUNDING = 1e-6

/** Reads one rendition and keeps everything. */
export class PackagedMedia implements RenditionReader {
  readonly rendition: Rendition
  readonly entries: PackagedEntry[] = []
  readonly parts: { readonly segment: Segment; readonly part: Part }[] = []

  #timescale: number | undefined

  constructor(rendition: Rendition) {
    this.rendition = rendition
    rendition.read(this)
  }

  get segments(): readonly Segment[] {
    return this.entries.flatMap(({ segment }) => segment ?? [])
  }

  get missed(): readonly number[] {
    return this.entries.flatMap(({ missed }) => missed?.number ?? [])
  }

  get initializations(): readonly Initialization[] {
    return [...new Set(this.segments.map(({ initialization }) => initialization))]
  }

  get timescale(): number {
    return (this.#timescale ??= this.#readTimescale())
  }

  partCompleted(_rendition: Rendition, segment: Segment, part: Part): void {
    assert.equal(segment.complete, false)
    assert.equal(segment.parts.at(-1), part)
    this.parts.push({ segment, part })
    if (this.entries.at(-1)?.segment !== segment)
      this.entries.push({ number: segment.number, segment, missed: undefined })
  }

  segmentCompleted(_rendition: Rendition, segment: Segment): void {
    assert.equal(segment.complete, true)
    assert.equal(this.entries.at(-1)?.segment, segment)
  }

  segmentMissed(_rendition: Rendition, missed: MissedSegment): void {
    this.entries.push({ number: missed.number, segment: undefined, missed })
  }

  #readTimescale(): number {
    const { bytes } = this.initializations[0] ?? assert.fail('nothing was packaged')
    return readInitialization(bytes)?.timescale ?? assert.fail('the header cannot be read')
  }

  /** A file that a player could be given. */
  file(segments: readonly Segment[] = this.segments): Buffer {
    const parts = segments.flatMap((segment) => segment.parts.map(({ bytes }) => bytes))
    return Buffer.concat([segments[0]?.initialization.bytes ?? Buffer.alloc(0), ...parts])
  }

  /** Seconds of the time line at which segments are shown to begin. */
  beginnings(): number[] {
    return this.segments.map((segment) => {
      const [first] = samplesOf(segment)
      return (first?.shownAt ?? NaN) / this.timescale
    })
  }

  /** Whatever a rendition promises at any time; that parts are not short, if its frames are `steady`. */
  assertSound({ targetDuration = 4, steady = true } = {}): void {
    const { id, partTarget } = this.rendition
    for (const [index, { number, segment, missed }] of this.entries.entries()) {
      const what = `${id}: segment ${number}`
      assert.equal(number, (this.entries[0]?.number ?? 0) + index, `${what} follows the one before`)
      assert.ok(
        Math.round(segment?.duration ?? missed?.duration ?? 0) <= targetDuration,
        `${what} is too long`,
      )
      if (!segment) continue
      assert.ok(segment.parts.length > 0, `${what} is empty`)
      const sum = segment.parts.reduce((seconds, { duration }) => seconds + duration, 0)
      assert.ok(Math.abs(sum - segment.duration) < ROUNDING, `${what} lasts as long as its parts`)
      for (const [place, part] of segment.parts.entries()) {
        const which = `${what}, part ${place}, of ${part.duration} s (target ${partTarget} s)`
        const [fragment, ...others] = [...fragmentsOf(part.bytes)]
        assert.ok(fragment && others.length === 0, `${which}: one fragment`)
        assert.equal(part.independent, fragment.samples[0]?.key, which)
        assert.ok(Math.abs(fragment.duration / this.timescale - part.duration) < ROUNDING, which)
        if (fragment.samples.length > 1)
          assert.ok(part.duration <= partTarget + ROUNDING, `${which}: too long`)
        const mayBeShort = part.independent || place === segment.parts.length - 1
        const isLong = part.duration >= partTarget * SHORTEST_SHARE - ROUNDING
        // A sound packet is always independent, and still of the usual length.
        if (!mayBeShort || (this.rendition.kind === 'audio' && place < segment.parts.length - 1))
          assert.ok(isLong || !steady, `${which}: too short`)
      }
    }
  }

  /** Where a fragment does not begin at the end of the one before, in ticks. */
  jumps(): { readonly segment: number; readonly ticks: number }[] {
    const jumps: { segment: number; ticks: number }[] = []
    let end: number | undefined
    for (const { segment, part } of this.parts)
      for (const fragment of fragmentsOf(part.bytes)) {
        const ticks = fragment.decodeTime - (end ?? fragment.decodeTime)
        if (Math.abs(ticks) > 1) jumps.push({ segment: segment.number, ticks })
        end = fragment.decodeTime + fragment.duration
      }
    return jumps
  }
}

export type PackagedSample = {
  readonly data: Uint8Array
  readonly key: boolean
  readonly decodeTime: number
  readonly shownAt: number
  readonly duration: number
}

/** In decode order, in ticks of the time line. */
export function samplesOf(segment: Segment): PackagedSample[] {
  return segment.parts.flatMap(({ bytes }) => [...fragmentsOf(bytes)].flatMap(samplesIn))
}

function samplesIn({ decodeTime, samples }: Fragment): PackagedSample[] {
  let at = decodeTime
  return samples.map(({ data, key, duration, compositionOffset }) => {
    const sample = { data, key, decodeTime: at, shownAt: at + compositionOffset, duration }
    at += duration
    return sample
  })
}
