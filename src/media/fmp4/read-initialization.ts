import { initialization, type TrackInitialization } from './initialization.ts'
import { type Box, boxesOf, findBoxAt, u32 } from './read-boxes.ts'
import type { TrackParameters } from './track-parameters.ts'

/** A header as it lies in a file, and what it was made of. */
export type ReadInitialization = TrackInitialization & {
  /** Ticks per second of all that follows. */
  readonly timescale: number
  readonly parameters: TrackParameters
}

/** `stsd` (ISO/IEC 14496-12 §8.5.2) before its entries; entries (§12.1.3, §12.2.3) before the boxes in them. */
const STSD_FIELDS = 8
const VIDEO_ENTRY_FIELDS = 78
const AUDIO_ENTRY_FIELDS = 28
/** In `esds` as `aac-sample-entry.ts` writes it. */
const AUDIO_SPECIFIC_CONFIG_AT = 26

/** Reads the header of a file that this package wrote; undefined when it is torn or another's. */
export function readInitialization(bytes: Buffer): ReadInitialization | undefined {
  const range = { content: 0, end: bytes.length }
  const moov = findBoxAt(bytes, ['moov'], range)
  const media = moov && findBoxAt(bytes, ['trak', 'mdia'], moov)
  const mdhd = media && findBoxAt(bytes, ['mdhd'], media)
  const parameters = media && readParameters(bytes, media)
  if (!moov || !mdhd || !parameters) return undefined
  const timescale = u32(bytes, mdhd.content + 12)
  try {
    const { bytes: written, ...facts } = initialization(parameters, { timescale })
    const own = bytes.subarray(0, moov.end)
    return own.equals(written) ? { ...facts, bytes: own, timescale, parameters } : undefined
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** The configuration box of the first sample entry. */
function readParameters(bytes: Buffer, media: Box): TrackParameters | undefined {
  const stsd = findBoxAt(bytes, ['minf', 'stbl', 'stsd'], media)
  if (!stsd) return undefined
  const [entry] = boxesOf(bytes, stsd.content + STSD_FIELDS, stsd.end)
  if (!entry) return undefined
  const isAudio = entry.type === 'Opus' || entry.type === 'mp4a'
  const fields = isAudio ? AUDIO_ENTRY_FIELDS : VIDEO_ENTRY_FIELDS
  for (const box of boxesOf(bytes, entry.content + fields, entry.end)) {
    const parameters = parametersIn(bytes, entry, box)
    if (parameters) return parameters
  }
  return undefined
}

function parametersIn(bytes: Buffer, entry: Box, box: Box): TrackParameters | undefined {
  const content = bytes.subarray(box.content, box.end)
  switch (box.type) {
    case 'avcC':
      return h264Parameters(content)
    case 'vpcC':
      return vp9Parameters(content, bytes.subarray(entry.content, entry.end))
    case 'av1C':
      return { codec: 'AV1', sequenceHeader: content.subarray(4) }
    case 'dOps':
      return {
        codec: 'opus',
        channels: content[1] ?? 0,
        preSkip: ((content[2] ?? 0) << 8) | (content[3] ?? 0),
      }
    case 'esds': {
      const end = AUDIO_SPECIFIC_CONFIG_AT + (content[AUDIO_SPECIFIC_CONFIG_AT - 1] ?? 0)
      return { codec: 'AAC', audioSpecificConfig: content.subarray(AUDIO_SPECIFIC_CONFIG_AT, end) }
    }
    default:
      return undefined
  }
}

/** AVCDecoderConfigurationRecord with one SPS (ISO/IEC 14496-15 §5.3.3.1.2). */
function h264Parameters(content: Buffer): TrackParameters {
  let at = 6
  const next = () => {
    const end = at + 2 + ((content[at] ?? 0) << 8) + (content[at + 1] ?? 0)
    const set = content.subarray(at + 2, end)
    at = end
    return set
  }
  const sps = next()
  const count = content[at++] ?? 0
  return { codec: 'H264', sps, pps: Array.from({ length: count }, next) }
}

/** The size of the pictures is in the entry alone. */
function vp9Parameters(content: Buffer, entry: Buffer): TrackParameters {
  const packed = content[6] ?? 0
  return {
    codec: 'VP9',
    profile: content[4] ?? 0,
    level: content[5] ?? 0,
    bitDepth: packed >> 4,
    chromaSubsampling: (packed >> 1) & 7,
    fullRange: (packed & 1) !== 0,
    width: ((entry[24] ?? 0) << 8) | (entry[25] ?? 0),
    height: ((entry[26] ?? 0) << 8) | (entry[27] ?? 0),
  }
}
