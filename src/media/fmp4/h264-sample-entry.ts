import { parseSps } from '../h264/sps.ts'
import type { BoxWriter } from './box-writer.ts'
import type { VideoSampleEntry } from './sample-entry.ts'
import type { H264Parameters } from './track-parameters.ts'

/** Baseline, main and extended profile say nothing of chroma and depth: they have no choice. */
const PLAIN_PROFILES = [66, 77, 88]

/** ISO/IEC 14496-15 §5.4.2: `avc1` holds the parameter sets in the entry and nowhere else. Throws for a broken SPS. */
export function h264SampleEntry({ sps, pps }: H264Parameters): VideoSampleEntry {
  const parsed = parseSps(sps)
  if (!parsed) throw new TypeError('the sequence parameter set cannot be read')
  const { width, height, profileLevelId, pixelAspect } = parsed
  return {
    kind: 'video',
    type: 'avc1',
    codecs: `avc1.${profileLevelId}`,
    width,
    height,
    ...(pixelAspect && { pixelAspect }),
    writeConfiguration: (writer) =>
      writer.box('avcC', () => writeConfiguration(writer, { sps, pps, parsed })),
  }
}

/** AVCDecoderConfigurationRecord (§5.3.3.1.2). */
function writeConfiguration(
  writer: BoxWriter,
  {
    sps,
    pps,
    parsed,
  }: { sps: Buffer; pps: readonly Buffer[]; parsed: NonNullable<ReturnType<typeof parseSps>> },
): void {
  writer.u8(1)
  writer.bytes(sps.subarray(1, 4)) // profile, compatibility, level
  writer.u8(0xfc | 3) // lengths of four bytes
  writer.u8(0xe0 | 1)
  writer.u16(sps.length)
  writer.bytes(sps)
  writer.u8(pps.length)
  for (const set of pps) {
    writer.u16(set.length)
    writer.bytes(set)
  }
  if (PLAIN_PROFILES.includes(sps[1] ?? 0)) return
  writer.u8(0xfc | parsed.chromaFormat)
  writer.u8(0xf8 | (parsed.bitDepthLuma - 8))
  writer.u8(0xf8 | (parsed.bitDepthChroma - 8))
  writer.u8(0) // numOfSequenceParameterSetExt
}
