import type { AudioSampleEntry } from './sample-entry.ts'

const SAMPLE_RATE = 48_000

/** Encapsulation of Opus in ISO base media file format, version 0.6.8, §4.3. More than two channels are refused. */
export function opusSampleEntry({
  channels,
  preSkip = 0,
}: {
  channels: number
  preSkip?: number
}): AudioSampleEntry {
  if (channels !== 1 && channels !== 2) throw new TypeError(`Opus with ${channels} channels is not supported`)
  return {
    kind: 'audio',
    type: 'Opus',
    codecs: 'opus',
    channels,
    sampleRate: SAMPLE_RATE,
    writeConfiguration: (writer) =>
      writer.box('dOps', () => {
        writer.u8(0) // version
        writer.u8(channels)
        writer.u16(preSkip)
        writer.u32(SAMPLE_RATE)
        writer.u16(0) // output gain
        writer.u8(0) // channel mapping family: mono or stereo
      }),
  }
}
