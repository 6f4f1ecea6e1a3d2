import type { PictureSize } from '../picture-size.ts'
import { aacSampleEntry } from './aac-sample-entry.ts'
import { av1SampleEntry } from './av1-sample-entry.ts'
import { BoxWriter } from './box-writer.ts'
import { TRACK_ID } from './fragment-layout.ts'
import { h264SampleEntry } from './h264-sample-entry.ts'
import { opusSampleEntry } from './opus-sample-entry.ts'
import type { SampleEntry } from './sample-entry.ts'
import { MATRIX, writeTrack } from './track-box.ts'
import { MAX_SIDE, type TrackParameters } from './track-parameters.ts'
import { vp9SampleEntry } from './vp9-sample-entry.ts'

/** The beginning of a track, before its first fragment. */
export type TrackInitialization = {
  readonly bytes: Buffer
  /** For the CODECS attribute (RFC 6381). */
  readonly codecs: string
  /** Pixels as shown; 0 for audio. */
  readonly width: number
  readonly height: number
  readonly sampleRate?: number
  readonly channels?: number
}

/** ISO/IEC 23000-19 §7.2 and AV1-ISOBMFF §2.1: what the file follows. */
const BRANDS = ['iso6', 'cmfc', 'mp41']
const MOVIE_TIMESCALE = 1000

/**
 * A CMAF header (ISO/IEC 23000-19 §7.3.2): `ftyp` and `moov` of one track. `timescale` is ticks per second of all
 * its fragments. Throws a TypeError for parameters that no decoder understands.
 */
export function initialization(
  parameters: TrackParameters,
  { timescale }: { timescale: number },
): TrackInitialization {
  const entry = sampleEntryOf(parameters)
  const shown = shownSize(entry)
  const writer = new BoxWriter()
  writeFileType(writer, entry)
  writer.box('moov', () => {
    writeMovieHeader(writer)
    writeTrack(writer, { entry, shown, timescale })
    writer.box('mvex', () => writeTrackDefaults(writer))
  })
  return {
    bytes: writer.finish(),
    codecs: entry.codecs,
    ...shown,
    ...(entry.kind === 'audio' && { sampleRate: entry.sampleRate, channels: entry.channels }),
  }
}

function sampleEntryOf(parameters: TrackParameters): SampleEntry {
  switch (parameters.codec) {
    case 'H264':
      return h264SampleEntry(parameters)
    case 'VP9':
      return vp9SampleEntry(parameters)
    case 'AV1':
      return av1SampleEntry(parameters)
    case 'opus':
      return opusSampleEntry(parameters)
    case 'AAC':
      return aacSampleEntry(parameters)
  }
}

/** Pixels are stretched to squares: the height stays, the width follows the aspect of a pixel, unless that is absurd. */
function shownSize(entry: SampleEntry): PictureSize {
  if (entry.kind === 'audio') return { width: 0, height: 0 }
  const { width, height } = entry
  if (width > MAX_SIDE || height > MAX_SIDE)
    throw new TypeError(`no track holds pictures of ${width}×${height}`)
  const [horizontal, vertical] = entry.pixelAspect ?? [1, 1]
  const stretched = Math.round((width * horizontal) / vertical)
  return { width: stretched > 0 && stretched <= MAX_SIDE ? stretched : width, height }
}

/** ISO/IEC 14496-12 §4.3; AV1-ISOBMFF asks for a brand of its own. */
function writeFileType(writer: BoxWriter, entry: SampleEntry): void {
  writer.box('ftyp', () => {
    writer.text('iso6')
    writer.u32(0)
    for (const brand of BRANDS) writer.text(brand)
    if (entry.type === 'av01') writer.text('av01')
  })
}

/** §8.2.2; nothing but fragments follows, so every duration in the header is 0. */
function writeMovieHeader(writer: BoxWriter): void {
  writer.fullBox('mvhd', 0, 0, () => {
    writer.zeros(8)
    writer.u32(MOVIE_TIMESCALE)
    writer.u32(0)
    writer.u32(0x10000) // rate
    writer.u16(0x100) // volume
    writer.zeros(10)
    for (const value of MATRIX) writer.u32(value)
    writer.zeros(24)
    writer.u32(TRACK_ID + 1)
  })
}

/** §8.8.3; fragments tell their own durations, sizes and flags. */
function writeTrackDefaults(writer: BoxWriter): void {
  writer.fullBox('trex', 0, 0, () => {
    writer.u32(TRACK_ID)
    writer.u32(1) // sample_description_index
    writer.zeros(12)
  })
}
