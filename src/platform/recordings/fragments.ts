import type { FileHandle } from 'node:fs/promises'

/** Fragments in a file: ISO/IEC 14496-12 §8.8, as far as their lengths are concerned. */

export type Box = { readonly type: string; readonly offset: number; readonly size: number }

/** What fragments take from their initialization. */
export type TrackDefaults = { readonly timescale: number; readonly sampleDuration: number }

/** One `moof` with its `mdat`, and what stands before it. */
export type Fragment = {
  readonly offset: number
  readonly size: number
  readonly samples: number
  /** In ticks. */
  readonly duration: number
}

const HEADER = 16
/** A `moof` lists samples; more than this is damage. */
const MAX_MOOF = 4 * 1024 * 1024
const ZEROS = 64
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'mvex', 'traf'])
const KNOWN = new Set(['styp', 'sidx', 'prft', 'emsg', 'moof', 'mdat', 'free'])

/** Every whole fragment from `from` on; stops before the first that is torn or damaged. */
export async function* fragmentsIn(
  file: FileHandle,
  { from, end, defaults }: { from: number; end: number; defaults: TrackDefaults },
): AsyncGenerator<Fragment> {
  let start = from
  let position = from
  let lengths: { samples: number; duration: number } | undefined
  for (;;) {
    const box = await boxAt(file, position, end)
    if (!box || !KNOWN.has(box.type)) return
    position += box.size
    if (box.type === 'moof') {
      if (box.size > MAX_MOOF) return
      lengths = lengthsOf(await bytesOf(file, box.offset, box.size), defaults)
    } else if (box.type === 'mdat') {
      if (!lengths || (await endsInZeros(file, box))) return
      yield { offset: start, size: position - start, ...lengths }
      start = position
      lengths = undefined
    }
  }
}

/** Reads `moov`. Throws when it is not one. */
export function trackDefaultsOf(initialization: Buffer): TrackDefaults {
  const mdhd = find(initialization, 'mdhd')
  const trex = find(initialization, 'trex')
  if (!mdhd || !trex) throw new RangeError('this is not the initialization of a track')
  return {
    timescale: mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12),
    sampleDuration: trex.readUInt32BE(12),
  }
}

async function boxAt(file: FileHandle, offset: number, end: number): Promise<Box | undefined> {
  if (end - offset < 8) return undefined
  const header = await bytesOf(file, offset, Math.min(HEADER, end - offset))
  if (header.length < 8) return undefined
  const short = header.readUInt32BE(0)
  const size = short === 1 && header.length === HEADER ? Number(header.readBigUInt64BE(8)) : short
  if (size < 8 || offset + size > end) return undefined
  return { type: header.toString('latin1', 4, 8), offset, size }
}

/** What a power cut leaves where the system had made room and not yet written; media never looks so. */
async function endsInZeros(file: FileHandle, { offset, size }: Box): Promise<boolean> {
  const length = Math.min(ZEROS, size - 8)
  const end = await bytesOf(file, offset + size - length, length)
  return length === ZEROS && end.every((byte) => byte === 0)
}

async function bytesOf(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

/** §8.8.7 and §8.8.8: the sum of the sample durations, from `trun`, else from `tfhd`, else from `trex`. */
function lengthsOf(moof: Buffer, defaults: TrackDefaults): { samples: number; duration: number } | undefined {
  let samples = 0
  let duration = 0
  let sampleDuration = defaults.sampleDuration
  try {
    for (const [type, body] of boxesIn(moof.subarray(8))) {
      if (type === 'tfhd') {
        const flags = body.readUIntBE(1, 3)
        if (flags & 0x8) sampleDuration = body.readUInt32BE(8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0))
      } else if (type === 'trun') {
        const flags = body.readUIntBE(1, 3)
        const count = body.readUInt32BE(4)
        samples += count
        const first = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0)
        const entry = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4
        if (!(flags & 0x100)) duration += count * sampleDuration
        else for (let index = 0; index < count; index++) duration += body.readUInt32BE(first + index * entry)
      }
    }
  } catch {
    return undefined // damaged
  }
  return { samples, duration }
}

/** Depth first, through the boxes that hold boxes. Throws on damage. */
function* boxesIn(bytes: Buffer): Generator<readonly [type: string, body: Buffer]> {
  for (let offset = 0; offset + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(offset)
    const type = bytes.toString('latin1', offset + 4, offset + 8)
    if (size < 8 || offset + size > bytes.length) throw new RangeError(`${type} is damaged`)
    const body = bytes.subarray(offset + 8, offset + size)
    if (CONTAINERS.has(type)) yield* boxesIn(body)
    else yield [type, body]
    offset += size
  }
}

function find(bytes: Buffer, wanted: string): Buffer | undefined {
  for (const [type, body] of boxesIn(bytes)) if (type === wanted) return body
  return undefined
}
