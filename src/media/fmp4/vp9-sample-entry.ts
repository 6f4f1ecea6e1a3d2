import type { BoxWriter } from './box-writer.ts'
import type { VideoSampleEntry } from './sample-entry.ts'
import type { Vp9Parameters } from './track-parameters.ts'

/** Colour primaries, transfer and matrix "unspecified" (ISO/IEC 23091-2): decoders take them from the frames. */
const UNSPECIFIED = 2

/** VP Codec ISO Media File Format Binding, version 1.0. */
export function vp9SampleEntry(parameters: Vp9Parameters): VideoSampleEntry {
  const { profile, level, bitDepth, width, height } = parameters
  return {
    kind: 'video',
    type: 'vp09',
    codecs: `vp09.${twoDigits(profile)}.${twoDigits(level)}.${twoDigits(bitDepth)}`,
    width,
    height,
    writeConfiguration: (writer) => writeConfiguration(writer, parameters),
  }
}

const twoDigits = (value: number) => String(value).padStart(2, '0')

function writeConfiguration(writer: BoxWriter, parameters: Vp9Parameters): void {
  const { profile, level, bitDepth, chromaSubsampling, fullRange } = parameters
  writer.fullBox('vpcC', 1, 0, () => {
    writer.u8(profile)
    writer.u8(level)
    writer.u8((bitDepth << 4) | (chromaSubsampling << 1) | (fullRange ? 1 : 0))
    writer.u8(UNSPECIFIED)
    writer.u8(UNSPECIFIED)
    writer.u8(UNSPECIFIED)
    writer.u16(0) // codecInitializationDataSize
  })
}
