import { leb128Length, OBU_HAS_EXTENSION, OBU_HAS_SIZE } from '../av1/obu.ts'
import { type Av1Format, parseAv1Format } from '../av1/sequence-format.ts'
import type { BoxWriter } from './box-writer.ts'
import type { VideoSampleEntry } from './sample-entry.ts'
import type { Av1Parameters } from './track-parameters.ts'

/** AV1 Codec ISO Media File Format Binding §2.2. Throws for a sequence header that cannot be read. */
export function av1SampleEntry({ sequenceHeader }: Av1Parameters): VideoSampleEntry {
  const format = parseAv1Format(bodyOfObu(sequenceHeader))
  if (!format) throw new TypeError('the sequence header cannot be read')
  return {
    kind: 'video',
    type: 'av01',
    codecs: codecString(format),
    width: format.width,
    height: format.height,
    writeConfiguration: (writer) =>
      writer.box('av1C', () => {
        writeConfiguration(writer, format)
        writer.bytes(sequenceHeader)
      }),
  }
}

/** What is behind header and size of an OBU that carries its size. */
export function bodyOfObu(obu: Buffer): Buffer {
  const header = obu[0] ?? 0
  let at = (header & OBU_HAS_EXTENSION) !== 0 ? 2 : 1
  if ((header & OBU_HAS_SIZE) !== 0) at += leb128Length(obu, at)
  return obu.subarray(at)
}

/** §5: `av01.0.04M.08` */
function codecString({ profile, level, tier, bitDepth }: Av1Format): string {
  return `av01.${profile}.${twoDigits(level)}${tier === 1 ? 'H' : 'M'}.${twoDigits(bitDepth)}`
}

const twoDigits = (value: number) => String(value).padStart(2, '0')

/** §2.3.3, up to configOBUs. */
function writeConfiguration(writer: BoxWriter, format: Av1Format): void {
  writer.u8(0x80 | 1) // marker, version
  writer.u8((format.profile << 5) | format.level)
  writer.u8(
    (format.tier << 7) |
      (format.bitDepth > 8 ? 0x40 : 0) |
      (format.bitDepth === 12 ? 0x20 : 0) |
      (format.monochrome ? 0x10 : 0) |
      (format.subsamplingX << 3) |
      (format.subsamplingY << 2) |
      format.chromaSamplePosition,
  )
  writer.u8(0) // no initial presentation delay
}
