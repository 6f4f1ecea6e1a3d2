import type { Initialization, Part } from '../../core/packaging/rendition.ts'
import { durationOf, type Edge, type Entry, type RenditionWindow } from './rendition-window.ts'

/** What all playlists of a stream have in common. */
export type PlaylistRules = {
  /** Seconds, whole; never changes. */
  readonly targetDuration: number
  /** Makes names unique among all runs of a broadcast, so that caches may keep what they have for ever. */
  readonly run: string
  /** All since the beginning stay listed. */
  readonly isEvent: boolean
}

/** Lowest protocol versions (RFC 8216bis §8): EXT-X-MAP without I-frames, EXT-X-GAP, EXT-X-SKIP. */
const VERSION = 6
const VERSION_WITH_GAP = 8
const VERSION_WITH_SKIP = 9
/** In target durations (§4.4.3.8). */
const HOLD_BACK = 3
const SKIP_UNTIL = 6
/** Segments at the edge whose parts are listed, the growing one included: within three target durations (§4.4.4.9). */
const LIST_PARTS = 3
/** In part targets; 3 is the least that is allowed, and networks are not perfect. */
const PART_HOLD_BACK = 3.2

export const segmentName = (run: string, number: number) => `${run}.${number}.m4s`
export const partName = (run: string, number: number, part: number) => `${run}.${number}.${part}.m4s`
export const initializationName = (run: string, number: number) => `${run}.init${number}.mp4`

/**
 * One rendition's playlist (RFC 8216bis §4). `others` are the other renditions, whose edges are reported. With `skip`
 * it is a delta update (§6.2.5.1).
 */
export function mediaPlaylist(
  window: RenditionWindow,
  others: readonly RenditionWindow[],
  rules: PlaylistRules,
  skip: boolean,
): string {
  const entries = window.listed
  const skipped = skip ? skippable(entries, rules.targetDuration) : 0
  const lines = header(window, entries, rules, skipped > 0)
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`)
  const isGrowing = entries.at(-1)?.segment?.complete === false
  const partsFrom = entries.length - LIST_PARTS + (isGrowing ? 0 : 1)
  let initialization = entries[skipped - 1]?.segment?.initialization
  for (const [index, entry] of entries.entries()) {
    if (index < skipped) continue
    const next = entry.segment?.initialization
    writeEntry(lines, entry, {
      rules,
      withParts: index >= partsFrom && !window.isOver,
      initialization: next === initialization ? undefined : next,
    })
    initialization = next ?? initialization
  }
  if (window.isOver) lines.push('#EXT-X-ENDLIST')
  else writeEdge(lines, window.edge, others, rules.run)
  lines.push('')
  return lines.join('\n')
}

function header(
  window: RenditionWindow,
  entries: readonly Entry[],
  { targetDuration, isEvent }: PlaylistRules,
  skips: boolean,
): string[] {
  const { partTarget } = window.rendition
  const [first] = entries
  const hasGap = entries.some(({ segment }) => !segment)
  // §4.4.3.3: those that have left the playlist
  const gone = first ? first.discontinuities - (first.discontinuity ? 1 : 0) : 0
  const control = [
    'CAN-BLOCK-RELOAD=YES',
    `PART-HOLD-BACK=${decimal(partTarget * PART_HOLD_BACK)}`,
    `HOLD-BACK=${decimal(targetDuration * HOLD_BACK)}`,
    `CAN-SKIP-UNTIL=${decimal(targetDuration * SKIP_UNTIL)}`,
  ]
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${skips ? VERSION_WITH_SKIP : hasGap ? VERSION_WITH_GAP : VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    ...(window.isOver ? [] : [`#EXT-X-SERVER-CONTROL:${control.join(',')}`]),
    ...(window.isOver ? [] : [`#EXT-X-PART-INF:PART-TARGET=${decimal(partTarget)}`]),
    ...(isEvent ? ['#EXT-X-PLAYLIST-TYPE:EVENT'] : []),
    `#EXT-X-MEDIA-SEQUENCE:${first?.number ?? 0}`,
    ...(gone > 0 ? [`#EXT-X-DISCONTINUITY-SEQUENCE:${gone}`] : []),
    ...(window.isIndependent ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
  ]
}

type EntryStyle = {
  readonly rules: PlaylistRules
  readonly withParts: boolean
  /** Where it is another than before. */
  readonly initialization: Initialization | undefined
}

function writeEntry(lines: string[], entry: Entry, { rules, withParts, initialization }: EntryStyle): void {
  const { run } = rules
  if (entry.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
  if (initialization) lines.push(`#EXT-X-MAP:URI="${initializationName(run, initialization.number)}"`)
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(entry.startedAt).toISOString()}`)
  const { segment } = entry
  if (!segment) {
    lines.push('#EXT-X-GAP', `#EXTINF:${decimal(entry.missedDuration)},`, segmentName(run, entry.number))
    return
  }
  if (withParts)
    for (const [index, part] of segment.parts.entries()) lines.push(partLine(run, entry.number, index, part))
  if (segment.complete) lines.push(`#EXTINF:${decimal(segment.duration)},`, segmentName(run, entry.number))
}

function partLine(run: string, number: number, index: number, { duration, independent }: Part): string {
  const line = `#EXT-X-PART:DURATION=${decimal(duration)},URI="${partName(run, number, index)}"`
  return independent ? `${line},INDEPENDENT=YES` : line
}

function writeEdge(
  lines: string[],
  { msn, part }: Edge,
  others: readonly RenditionWindow[],
  run: string,
): void {
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partName(run, msn, part)}"`)
  for (const { last, rendition } of others)
    if (last)
      lines.push(
        `#EXT-X-RENDITION-REPORT:URI="../${rendition.id}/index.m3u8",LAST-MSN=${last.msn},LAST-PART=${last.part}`,
      )
}

/** How many segments at the beginning lie further from the end than CAN-SKIP-UNTIL. */
function skippable(entries: readonly Entry[], targetDuration: number): number {
  let fromEnd = 0
  for (let index = entries.length - 1; index >= 0; index--) {
    if (fromEnd >= targetDuration * SKIP_UNTIL) return index + 1
    fromEnd += durationOf(entries[index])
  }
  return 0
}

/** Five decimals are more than a tick of any clock needs. */
function decimal(seconds: number): string {
  return String(Number(seconds.toFixed(5)))
}
