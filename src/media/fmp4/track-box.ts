import type { PictureSize } from '../picture-size.ts'
import type { BoxWriter } from './box-writer.ts'
import { TRACK_ID } from './fragment-layout.ts'
import { type SampleEntry, writeSampleEntry } from './sample-entry.ts'

/** No turning and no shearing (ISO/IEC 14496-12 §8.2.2). */
export const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
const UNDETERMINED_LANGUAGE = 0x55c4
const ENABLED_IN_MOVIE_AND_PREVIEW = 7

/** ISO/IEC 14496-12 §8.3: a track that has no samples yet. */
export function writeTrack(
  writer: BoxWriter,
  { entry, shown, timescale }: { entry: SampleEntry; shown: PictureSize; timescale: number },
): void {
  writer.box('trak', () => {
    writeTrackHeader(writer, entry, shown)
    writer.box('mdia', () => writeMedia(writer, entry, timescale))
  })
}

/** §8.3.2 */
function writeTrackHeader(writer: BoxWriter, entry: SampleEntry, shown: PictureSize): void {
  writer.fullBox('tkhd', 0, ENABLED_IN_MOVIE_AND_PREVIEW, () => {
    writer.zeros(8)
    writer.u32(TRACK_ID)
    writer.zeros(16)
    writer.zeros(4) // layer, alternate_group
    writer.u16(entry.kind === 'audio' ? 0x100 : 0) // volume
    writer.u16(0)
    for (const value of MATRIX) writer.u32(value)
    writer.u32(shown.width * 0x10000)
    writer.u32(shown.height * 0x10000)
  })
}

/** §8.4 */
function writeMedia(writer: BoxWriter, entry: SampleEntry, timescale: number): void {
  writer.fullBox('mdhd', 0, 0, () => {
    writer.zeros(8)
    writer.u32(timescale)
    writer.u32(0)
    writer.u16(UNDETERMINED_LANGUAGE)
    writer.u16(0)
  })
  writer.fullBox('hdlr', 0, 0, () => {
    writer.zeros(4)
    writer.text(entry.kind === 'video' ? 'vide' : 'soun')
    writer.zeros(13) // reserved, and an empty name
  })
  writer.box('minf', () => {
    if (entry.kind === 'video') writer.fullBox('vmhd', 0, 1, () => writer.zeros(8))
    else writer.fullBox('smhd', 0, 0, () => writer.zeros(4))
    writeDataReference(writer)
    writer.box('stbl', () => writeSampleTable(writer, entry))
  })
}

/** §8.7.2: the media is in this file. */
function writeDataReference(writer: BoxWriter): void {
  writer.box('dinf', () =>
    writer.fullBox('dref', 0, 0, () => {
      writer.u32(1)
      writer.fullBox('url ', 0, 1, () => {})
    }),
  )
}

/** §8.5: one sample entry and no samples. */
function writeSampleTable(writer: BoxWriter, entry: SampleEntry): void {
  writer.fullBox('stsd', 0, 0, () => {
    writer.u32(1)
    writeSampleEntry(writer, entry)
  })
  for (const table of ['stts', 'stsc']) writer.fullBox(table, 0, 0, () => writer.u32(0))
  writer.fullBox('stsz', 0, 0, () => writer.zeros(8))
  writer.fullBox('stco', 0, 0, () => writer.u32(0))
}
