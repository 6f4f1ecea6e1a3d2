import { BitReader } from '../bit-reader.ts'
import type { PictureSize } from '../picture-size.ts'
import { readAv1SequenceStart } from './sequence-header.ts'

/** What a decoder is chosen by: the fields of an AV1CodecConfigurationRecord (AV1-ISOBMFF §2.3.3). */
export type Av1Format = PictureSize & {
  readonly profile: number
  readonly level: number
  readonly tier: number
  readonly bitDepth: number
  readonly monochrome: boolean
  readonly subsamplingX: number
  readonly subsamplingY: number
  readonly chromaSamplePosition: number
}

type ColorConfig = Pick<
  Av1Format,
  'bitDepth' | 'monochrome' | 'subsamplingX' | 'subsamplingY' | 'chromaSamplePosition'
>

/** BT.709 primaries, sRGB transfer, identity matrix: RGB, which has full chroma and full range (AV1 §5.5.2). */
const RGB = 0x010d00

/** Reads sequence_header_obu() up to its colours (AV1 §5.5.1, §5.5.2); undefined when it is cut short. */
export function parseAv1Format(bytes: Uint8Array): Av1Format | undefined {
  const bits = new BitReader(bytes)
  const { stillPicture, ...start } = readAv1SequenceStart(bits)
  skipTools(bits, stillPicture)
  const color = readColorConfig(bits, start.profile)
  return bits.exhausted ? undefined : { ...start, ...color }
}

function skipTools(bits: BitReader, stillPicture: boolean): void {
  if (!stillPicture && bits.flag()) bits.skip(7) // lengths of frame ids
  bits.skip(3) // superblocks of 128, filter and edge of intra prediction
  if (!stillPicture) {
    bits.skip(4) // inter-intra, masked compound, warped motion, dual filter
    const hasOrderHint = bits.flag()
    if (hasOrderHint) bits.skip(2)
    const screenContent = bits.flag() || bits.flag()
    if (screenContent && !bits.flag()) bits.skip(1) // seq_force_integer_mv
    if (hasOrderHint) bits.skip(3)
  }
  bits.skip(3) // super-resolution, CDEF, restoration
}

function readColorConfig(bits: BitReader, profile: number): ColorConfig {
  const highBitDepth = bits.flag()
  const bitDepth = profile === 2 && highBitDepth && bits.flag() ? 12 : highBitDepth ? 10 : 8
  const monochrome = profile !== 1 && bits.flag()
  const description = bits.flag() ? bits.read(24) : undefined
  if (monochrome) {
    bits.skip(1) // color_range
    return { bitDepth, monochrome, subsamplingX: 1, subsamplingY: 1, chromaSamplePosition: 0 }
  }
  if (description === RGB)
    return { bitDepth, monochrome, subsamplingX: 0, subsamplingY: 0, chromaSamplePosition: 0 }
  bits.skip(1) // color_range
  const [subsamplingX, subsamplingY] = readSubsampling(bits, profile, bitDepth)
  const chromaSamplePosition = subsamplingX === 1 && subsamplingY === 1 ? bits.read(2) : 0
  return { bitDepth, monochrome, subsamplingX, subsamplingY, chromaSamplePosition }
}

function readSubsampling(bits: BitReader, profile: number, bitDepth: number): [number, number] {
  if (profile === 0) return [1, 1]
  if (profile === 1) return [0, 0]
  if (bitDepth !== 12) return [1, 0]
  return bits.flag() ? [1, bits.read(1)] : [0, 0]
}
