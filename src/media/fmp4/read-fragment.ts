import {
  BASE_DATA_OFFSET,
  DEFAULT_DURATION,
  DEFAULT_FLAGS,
  DEFAULT_SIZE,
  DESCRIPTION_INDEX,
  IS_NON_SYNC,
  RUN_COMPOSITION_OFFSET,
  RUN_DATA_OFFSET,
  RUN_DURATION,
  RUN_FIRST_FLAGS,
  RUN_FLAGS,
  RUN_SIZE,
} from './fragment-layout.ts'
import { type Box, boxesOf, findBox, findBoxAt, u32, u64 } from './read-boxes.ts'
import type { Sample } from './sample.ts'

/** What a whole `moof` with its `mdat` says; times in ticks of the track's timescale. */
export type Fragment = {
  readonly start: number
  /** Behind the `mdat`. */
  readonly end: number
  readonly sequence: number
  readonly decodeTime: number
  readonly duration: number
  /** Their data is a view of the bytes that were read. */
  readonly samples: readonly Sample[]
}

/** Whole fragments in order, as this package writes them; ends before one that is torn or makes no sense. */
export function* fragmentsOf(bytes: Uint8Array, start = 0): Generator<Fragment> {
  let moof: Box | undefined
  for (const box of boxesOf(bytes, start)) {
    if (box.type === 'moof') moof = box
    if (box.type !== 'mdat' || !moof) continue
    const fragment = readFragment(bytes, moof, box)
    if (!fragment) return
    yield fragment
    moof = undefined
  }
}

/** Where the last whole fragment of a file ends that may be torn; the end of its header when it has none. */
export function wholeLength(bytes: Uint8Array): number {
  let end = 0
  for (const box of boxesOf(bytes)) {
    if (box.type !== 'ftyp' && box.type !== 'moov') break
    end = box.end
  }
  for (const fragment of fragmentsOf(bytes, end)) end = fragment.end
  return end
}

function readFragment(bytes: Uint8Array, moof: Box, mdat: Box): Fragment | undefined {
  const mfhd = findBox(bytes, 'mfhd', moof)
  const traf = findBox(bytes, 'traf', moof)
  const tfhd = traf && findBox(bytes, 'tfhd', traf)
  const tfdt = traf && findBox(bytes, 'tfdt', traf)
  const trun = findBoxAt(bytes, ['traf', 'trun'], moof)
  if (!mfhd || !tfhd || !tfdt || !trun) return undefined
  const samples = readRun(bytes, trun, { moof, mdat, defaults: readDefaults(bytes, tfhd) })
  if (!samples) return undefined
  let duration = 0
  for (const sample of samples) duration += sample.duration
  const isLong = (bytes[tfdt.content] ?? 0) === 1
  return {
    start: moof.start,
    end: mdat.end,
    sequence: u32(bytes, mfhd.content + 4),
    decodeTime: isLong ? u64(bytes, tfdt.content + 4) : u32(bytes, tfdt.content + 4),
    duration,
    samples,
  }
}

type Defaults = { duration: number; size: number; flags: number }

/** `tfhd` (ISO/IEC 14496-12 §8.8.7) */
function readDefaults(bytes: Uint8Array, tfhd: Box): Defaults {
  const flags = u32(bytes, tfhd.content) & 0xffffff
  let at = tfhd.content + 8
  if ((flags & BASE_DATA_OFFSET) !== 0) at += 8
  if ((flags & DESCRIPTION_INDEX) !== 0) at += 4
  const fieldAt = (bit: number) => {
    if ((flags & bit) === 0) return 0
    at += 4
    return u32(bytes, at - 4)
  }
  return { duration: fieldAt(DEFAULT_DURATION), size: fieldAt(DEFAULT_SIZE), flags: fieldAt(DEFAULT_FLAGS) }
}

type RunContext = { moof: Box; mdat: Box; defaults: Defaults }

/** `trun` (§8.8.8); undefined when its samples are not all in the `mdat`. */
function readRun(bytes: Uint8Array, trun: Box, { moof, mdat, defaults }: RunContext): Sample[] | undefined {
  const flags = u32(bytes, trun.content) & 0xffffff
  const count = u32(bytes, trun.content + 4)
  let at = trun.content + 8
  let dataAt = mdat.content
  if ((flags & RUN_DATA_OFFSET) !== 0) {
    dataAt = moof.start + u32(bytes, at)
    at += 4
  }
  const firstFlags = (flags & RUN_FIRST_FLAGS) !== 0 ? u32(bytes, at) : undefined
  if (firstFlags !== undefined) at += 4
  const samples: Sample[] = []
  const fieldAt = (bit: number, otherwise: number) => {
    if ((flags & bit) === 0) return otherwise
    at += 4
    return u32(bytes, at - 4)
  }
  if (count > bytes.length || dataAt < mdat.content) return undefined
  for (let index = 0; index < count; index++) {
    const duration = fieldAt(RUN_DURATION, defaults.duration)
    const size = fieldAt(RUN_SIZE, defaults.size)
    const sampleFlags = fieldAt(RUN_FLAGS, index === 0 ? (firstFlags ?? defaults.flags) : defaults.flags)
    const compositionOffset = fieldAt(RUN_COMPOSITION_OFFSET, 0) | 0
    if (at > trun.end || dataAt + size > mdat.end) return undefined
    const key = (sampleFlags & IS_NON_SYNC) === 0
    samples.push({ data: bytes.subarray(dataAt, dataAt + size), duration, key, compositionOffset })
    dataAt += size
  }
  return samples.length > 0 ? samples : undefined
}
