import type { RecordedSegment, RenditionJournal } from './journal.ts'

/** HLS playlists of a recording (RFC 8216bis), whose segments are ranges of its media files. */

/** Seconds that no segment of a usual broadcast exceeds: it must not change while a recording grows. */
const TARGET_DURATION = 4
/** Seconds; the last piece of a period is too short to tell a bit rate by. */
const SHORTEST_TO_MEASURE = 1

export type MediaPlaylistOptions = {
  /** All renditions of the recording: their target durations are equal. */
  readonly renditions: readonly RenditionJournal[]
  readonly finished: boolean
}

/** One rendition: EVENT while it is being recorded, then VOD. */
export function mediaPlaylist(
  { id, segments, initializations }: RenditionJournal,
  { renditions, finished }: MediaPlaylistOptions,
): string {
  const [first] = segments
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${segments.some(({ missing }) => missing) ? 8 : 6}`,
    `#EXT-X-TARGETDURATION:${targetDurationOf(renditions)}`,
    `#EXT-X-PLAYLIST-TYPE:${finished ? 'VOD' : 'EVENT'}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
  ]
  if (first && first.period > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${first.period}`)
  let previous: RecordedSegment | undefined
  for (const segment of segments) {
    const { file, period } = segment
    const isNewPeriod = period !== previous?.period
    // Where a rendition misses a period, its numbering still has to match that of the others (§6.2.4).
    for (let gone = previous?.period ?? period; gone < period; gone++) lines.push('#EXT-X-DISCONTINUITY')
    if (isNewPeriod || file !== previous?.file) {
      const size = initializations.find((initialization) => initialization.file === file)?.size ?? 0
      lines.push(`#EXT-X-MAP:URI="${id}-${file}.mp4",BYTERANGE="${size}@0"`)
    }
    if (isNewPeriod) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startedAt).toISOString()}`)
    lines.push(`#EXTINF:${segment.duration.toFixed(5)},`)
    if (segment.missing) lines.push('#EXT-X-GAP')
    if (segment.size > 0) lines.push(`#EXT-X-BYTERANGE:${segment.size}@${segment.offset}`)
    lines.push(`${id}-${file}.mp4`)
    previous = segment
  }
  if (finished) lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

/** All renditions: each video is a variant, with each of the audio renditions. */
export function multivariantPlaylist(renditions: readonly RenditionJournal[]): string {
  const begun = renditions.filter(({ segments }) => segments.length > 0)
  const videos = begun.filter(({ kind }) => kind === 'video')
  const audios = begun.filter(({ kind }) => kind === 'audio')
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS']
  if (videos.length === 0) for (const audio of audios) lines.push(...variant(audio, undefined))
  else
    for (const { id } of audios)
      lines.push(
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}",NAME="${id}",DEFAULT=YES,AUTOSELECT=YES,URI="${id}.m3u8"`,
      )
  for (const video of videos)
    for (const audio of audios.length > 0 ? audios : [undefined]) lines.push(...variant(video, audio))
  return `${lines.join('\n')}\n`
}

function variant(main: RenditionJournal, audio: RenditionJournal | undefined): string[] {
  const [rate, audioRate] = [bitRateOf(main), audio ? bitRateOf(audio) : { peak: 0, average: 0 }]
  const { width, height } = main.initializations.reduce((a, b) =>
    a.width * a.height >= b.width * b.height ? a : b,
  )
  const codecs = [main, ...(audio ? [audio] : [])].flatMap(({ initializations }) =>
    initializations.map((initialization) => initialization.codecs),
  )
  const attributes = [
    `BANDWIDTH=${rate.peak + audioRate.peak}`,
    `AVERAGE-BANDWIDTH=${rate.average + audioRate.average}`,
    `CODECS="${[...new Set(codecs)].join()}"`,
    ...(width > 0 ? [`RESOLUTION=${width}x${height}`] : []),
    ...(audio ? [`AUDIO="${audio.id}"`] : []),
  ]
  return [`#EXT-X-STREAM-INF:${attributes.join()}`, `${main.id}.m3u8`]
}

/** Bits per second. */
function bitRateOf({ segments }: RenditionJournal): { peak: number; average: number } {
  let [bytes, seconds, peak] = [0, 0, 0]
  for (const { size, duration, missing } of segments) {
    if (missing) continue
    bytes += size
    seconds += duration
    if (duration >= SHORTEST_TO_MEASURE) peak = Math.max(peak, (size * 8) / duration)
  }
  const average = seconds > 0 ? (bytes * 8) / seconds : 0
  return { peak: Math.ceil(Math.max(peak, average)), average: Math.ceil(average) }
}

function targetDurationOf(renditions: readonly RenditionJournal[]): number {
  return renditions.reduce(
    (longest, { segments }) =>
      segments.reduce((so, { duration }) => Math.max(so, Math.round(duration)), longest),
    TARGET_DURATION,
  )
}
