import type { BoxWriter } from './box-writer.ts'

/** How samples are to be decoded (ISO/IEC 14496-12 §8.5.2), ready to be written into an `stsd`. */
export type SampleEntry = VideoSampleEntry | AudioSampleEntry

/** Of a track that has pictures (§12.1.3). */
export type VideoSampleEntry = {
  readonly kind: 'video'
  /** RFC 6381 */
  readonly codecs: string
  /** Pixels as coded, after cropping. */
  readonly width: number
  readonly height: number
  /** Width to height of one pixel, where it is not square. */
  readonly pixelAspect?: readonly [number, number]
  readonly type: string
  readonly writeConfiguration: (writer: BoxWriter) => void
}

/** Of a track that has sound (§12.2.3). */
export type AudioSampleEntry = {
  readonly kind: 'audio'
  readonly codecs: string
  readonly channels: number
  readonly sampleRate: number
  readonly type: string
  readonly writeConfiguration: (writer: BoxWriter) => void
}

const DOTS_PER_INCH = 72 * 0x10000
const NO_COLOUR_TABLE = 0xffff

/** §8.5.2.2: every sample entry begins with six reserved bytes and the index of its data reference. */
function writeBase(writer: BoxWriter): void {
  writer.zeros(6)
  writer.u16(1)
}

/** Writes the entry with its configuration box. */
export function writeSampleEntry(writer: BoxWriter, entry: SampleEntry): void {
  writer.box(entry.type, () => {
    writeBase(writer)
    if (entry.kind === 'video') writeVideo(writer, entry)
    else writeAudio(writer, entry)
    entry.writeConfiguration(writer)
    if (entry.kind === 'video' && entry.pixelAspect) writePixelAspect(writer, entry.pixelAspect)
  })
}

/** §12.1.3.2 */
function writeVideo(writer: BoxWriter, entry: VideoSampleEntry): void {
  writer.zeros(16)
  writer.u16(entry.width)
  writer.u16(entry.height)
  writer.u32(DOTS_PER_INCH)
  writer.u32(DOTS_PER_INCH)
  writer.zeros(4)
  writer.u16(1) // frame_count
  writer.zeros(32) // compressorname
  writer.u16(24) // depth
  writer.u16(NO_COLOUR_TABLE)
}

/** §12.2.3.2; a rate that does not fit 16 bits is told by the configuration alone. */
function writeAudio(writer: BoxWriter, entry: AudioSampleEntry): void {
  writer.zeros(8)
  writer.u16(entry.channels)
  writer.u16(16) // samplesize
  writer.zeros(4)
  writer.u16(entry.sampleRate <= 0xffff ? entry.sampleRate : 0)
  writer.u16(0)
}

/** §12.1.4 */
function writePixelAspect(writer: BoxWriter, [width, height]: readonly [number, number]): void {
  writer.box('pasp', () => {
    writer.u32(width)
    writer.u32(height)
  })
}
