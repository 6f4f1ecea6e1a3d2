/** One segment as ffmpeg listed it. */
export type Segment = {
  readonly name: string
  /** The lines before its name: EXTINF, EXT-X-PROGRAM-DATE-TIME, EXT-X-DISCONTINUITY. */
  readonly tags: readonly string[]
  /** Players skip it: it was not uploaded while that was of use. */
  missing?: boolean
}

/** Segments that the live playlist holds. */
const WINDOW = 6
const OF_SEGMENTS = /^#EXT(INF|-X-PROGRAM-DATE-TIME|-X-DISCONTINUITY$)/
const DISCONTINUITY = '#EXT-X-DISCONTINUITY'

/** The segments that are finished; ffmpeg adds each once it has closed it. */
export function readList(text: string): Segment[] {
  const segments: Segment[] = []
  let tags: string[] = []
  for (const line of text.split(/\r?\n/)) {
    if (OF_SEGMENTS.test(line)) tags.push(line)
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ name: line, tags })
      tags = []
    }
  }
  return segments
}

/** `index.m3u8`: what is live now. */
export function livePlaylist(segments: readonly Segment[], targetSeconds: number, ended: boolean): string {
  const first = Math.max(0, segments.length - WINDOW)
  const past = segments.slice(0, first)
  return playlist(segments.slice(first), ended, [
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${past.filter(({ tags }) => tags.includes(DISCONTINUITY)).length}`,
  ])
}

/** `vod.m3u8`: everything from the first segment on, for the replay. */
export function eventPlaylist(segments: readonly Segment[], targetSeconds: number, ended: boolean): string {
  return playlist(segments, ended, [
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:EVENT',
  ])
}

function playlist(segments: readonly Segment[], ended: boolean, head: readonly string[]): string {
  const body = segments.flatMap(({ name, tags, missing }) => [
    ...tags,
    ...(missing ? ['#EXT-X-GAP'] : []),
    name,
  ])
  const end = ended ? ['#EXT-X-ENDLIST'] : []
  return ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS', ...head, ...body, ...end, ''].join(
    '\n',
  )
}
