import {
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  Mp4OutputFormat,
  Output,
} from 'mediabunny'
import type { RenditionJournal } from '../../../core/recording/journal.ts'
import { originsOf } from '../../../core/recording/stretches.ts'
import { OutputTrackWriter } from './output-track-writer.ts'
import { RenditionPackets } from './rendition-packets.ts'

export type Mp4Job = {
  readonly folder: string
  /** One video, one audio, or both. */
  readonly renditions: readonly RenditionJournal[]
  readonly title: string
  /** Where to write. */
  readonly target: string
}

const CHUNK = 1024 * 1024

/**
 * Writes one MP4 that can be sought in and begins to play before it is all there: its index comes first, in room that
 * is reserved for as many packets as there are. Gaps of the broadcast are closed up.
 */
export async function writeMp4({ folder, renditions, title, target }: Mp4Job): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'reserve' }),
    target: new FilePathTarget(target, { chunked: true, chunkSize: CHUNK }),
  })
  if (title !== '') output.setMetadataTags({ title })
  const tracks: OutputTrackWriter[] = []
  for (const journal of renditions) {
    const packets = stack.use(new RenditionPackets(folder, journal))
    const track = await OutputTrackWriter.open(packets)
    if (!track) continue
    const maximumPacketCount = await packets.count()
    if (track.source instanceof EncodedVideoPacketSource)
      output.addVideoTrack(track.source, { maximumPacketCount })
    else if (track.source instanceof EncodedAudioPacketSource)
      output.addAudioTrack(track.source, { maximumPacketCount })
    tracks.push(track)
  }
  if (tracks.length === 0) throw new Error('this recording has no track that an MP4 could hold')
  await output.start()
  for (let start = 0; ;) {
    const playing = tracks.filter(({ period }) => period !== undefined)
    if (playing.length === 0) break
    const period = Math.min(...playing.map((track) => track.period ?? Infinity))
    start = await writePeriod(
      playing.filter((track) => track.period === period),
      start,
    )
  }
  await output.finalize()
}

/** Returns where the next one begins, in seconds. */
async function writePeriod(tracks: readonly OutputTrackWriter[], start: number): Promise<number> {
  const origins = originsOf(tracks.map(({ beginning }) => beginning))
  const lines: {
    track: OutputTrackWriter
    packets: AsyncGenerator<EncodedPacket, void, unknown>
    next: EncodedPacket
  }[] = []
  for (const [index, track] of tracks.entries()) {
    const packets = track.packetsOfPeriod(start - (origins[index] ?? 0))
    const { value, done } = await packets.next()
    if (!done) lines.push({ track, packets, next: value })
  }
  let end = start
  while (lines.length > 0) {
    const line = lines.reduce((a, b) => (a.next.timestamp <= b.next.timestamp ? a : b))
    await line.track.add(line.next)
    end = Math.max(end, line.next.timestamp + line.next.duration)
    const { value, done } = await line.packets.next()
    if (done) lines.splice(lines.indexOf(line), 1)
    else line.next = value
  }
  return end
}
