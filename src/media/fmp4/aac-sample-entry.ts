import { parseAudioSpecificConfig } from '../aac/audio-specific-config.ts'
import type { BoxWriter } from './box-writer.ts'
import type { AudioSampleEntry } from './sample-entry.ts'

/** Descriptor tags (ISO/IEC 14496-1 table 1). */
const ES_DESCRIPTOR = 3
const DECODER_CONFIG = 4
const DECODER_SPECIFIC_INFO = 5
const SL_CONFIG = 6
/** Tag and a length in one byte. */
const DESCRIPTOR_HEADER = 2

const MPEG4_AUDIO = 0x40
const AUDIO_STREAM = 0x15
/** The synchronization layer as MP4 files use it (ISO/IEC 14496-14 §3.1.2). */
const SL_FOR_FILES = 2
/** Beyond it, lengths of descriptors would need a second byte. No real configuration comes near. */
const MAX_CONFIG_BYTES = 64

/** ISO/IEC 14496-14 §5.6: `mp4a` with an `esds`. Throws for a configuration that cannot be read. */
export function aacSampleEntry({ audioSpecificConfig }: { audioSpecificConfig: Buffer }): AudioSampleEntry {
  const config = parseAudioSpecificConfig(audioSpecificConfig)
  if (!config || audioSpecificConfig.length > MAX_CONFIG_BYTES)
    throw new TypeError('the AudioSpecificConfig cannot be read')
  return {
    kind: 'audio',
    type: 'mp4a',
    codecs: `mp4a.40.${config.objectType}`,
    channels: config.channels,
    sampleRate: config.sampleRate,
    writeConfiguration: (writer) =>
      writer.fullBox('esds', 0, 0, () => writeDescriptor(writer, audioSpecificConfig)),
  }
}

/** ISO/IEC 14496-1 §7.2.6.5 to §7.2.6.8. */
function writeDescriptor(writer: BoxWriter, audioSpecificConfig: Buffer): void {
  const decoderConfigBytes = 13 + DESCRIPTOR_HEADER + audioSpecificConfig.length
  writer.u8(ES_DESCRIPTOR)
  writer.u8(3 + DESCRIPTOR_HEADER + decoderConfigBytes + DESCRIPTOR_HEADER + 1)
  writer.u16(0) // ES_ID
  writer.u8(0)
  writer.u8(DECODER_CONFIG)
  writer.u8(decoderConfigBytes)
  writer.u8(MPEG4_AUDIO)
  writer.u8(AUDIO_STREAM)
  writer.zeros(11) // buffer size, greatest and average bit rate: unknown
  writer.u8(DECODER_SPECIFIC_INFO)
  writer.u8(audioSpecificConfig.length)
  writer.bytes(audioSpecificConfig)
  writer.u8(SL_CONFIG)
  writer.u8(1)
  writer.u8(SL_FOR_FILES)
}
