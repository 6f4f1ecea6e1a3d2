import { BroadcastError } from '../errors.ts'

export type UploadedSegment = {
  /** Name below the playlist's own folder. */
  readonly name: string
  /** Seconds. */
  readonly duration: number
  /** Tags that stand before it, as they are written again; none of them names anything. */
  readonly tags: readonly string[]
  /** Its initialization, where that changes or begins. */
  readonly map?: { readonly name: string; readonly byteRange?: string } | undefined
}

/** A media playlist that a client uploaded, as far as it is shown to players. */
export type UploadedPlaylist = {
  readonly targetDuration: number
  /** Tags of the whole playlist, as they are written again. */
  readonly tags: readonly string[]
  readonly mediaSequence: number
  readonly segments: readonly UploadedSegment[]
  /** Nothing will follow. */
  readonly ended: boolean
}

const MAX_SEGMENTS = 100_000
const MAX_NAME = 512
/** Parts of a name that mean nothing to a URL; folders below the playlist are allowed, none above it. */
const NAME = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/
const NUMBER = /^\d+(\.\d+)?$/
const WHOLE = /^\d{1,15}$/
const BYTE_RANGE = /^\d{1,15}(@\d{1,15})?$/
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/
const ATTRIBUTE = /([A-Z0-9-]+)=("[^"]*"|[^",\s]*)/g

/** Of the whole playlist. */
const HEAD_TAGS: Readonly<Record<string, RegExp>> = {
  'EXT-X-VERSION': /^\d{1,2}$/,
  'EXT-X-DISCONTINUITY-SEQUENCE': WHOLE,
  'EXT-X-PLAYLIST-TYPE': /^(EVENT|VOD)$/,
  'EXT-X-INDEPENDENT-SEGMENTS': /^$/,
}
/** Of one segment. */
const SEGMENT_TAGS: Readonly<Record<string, RegExp>> = {
  'EXT-X-DISCONTINUITY': /^$/,
  'EXT-X-GAP': /^$/,
  'EXT-X-BYTERANGE': BYTE_RANGE,
  'EXT-X-PROGRAM-DATE-TIME': DATE,
}

/**
 * Reads what a stranger wrote (RFC 8216 §4). What it does not know and what names nothing is left out. Throws
 * `unsupported-media` for what is no media playlist, is encrypted, or names anything outside of its folder.
 */
export function readUploadedPlaylist(text: string): UploadedPlaylist {
  const [first, ...lines] = text.split(/\r?\n/)
  if (first?.trim() !== '#EXTM3U') throw refused('it does not begin with #EXTM3U')
  const reading = new Reading()
  for (const line of lines) reading.take(line.trim())
  return reading.finish()
}

/** The same playlist for players, with the addresses that `addressOf` gives to names. */
export function writePlaylist(playlist: UploadedPlaylist, addressOf: (name: string) => string): string {
  const lines = [
    '#EXTM3U',
    ...playlist.tags,
    `#EXT-X-TARGETDURATION:${playlist.targetDuration}`,
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
  ]
  for (const { name, duration, tags, map } of playlist.segments) {
    if (map)
      lines.push(
        `#EXT-X-MAP:URI="${addressOf(map.name)}"${map.byteRange === undefined ? '' : `,BYTERANGE="${map.byteRange}"`}`,
      )
    lines.push(...tags, `#EXTINF:${duration},`, addressOf(name))
  }
  if (playlist.ended) lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

/** Seconds of media in it. */
export function durationOf({ segments }: UploadedPlaylist): number {
  return segments.reduce((sum, { duration }) => sum + duration, 0)
}

class Reading {
  readonly #tags: string[] = []
  readonly #segments: UploadedSegment[] = []
  #targetDuration: number | undefined
  #mediaSequence = 0
  #ended = false
  #duration: number | undefined
  #segmentTags: string[] = []
  #map: UploadedSegment['map']

  take(line: string): void {
    if (line === '' || this.#ended) return
    if (!line.startsWith('#')) this.#segment(line)
    else if (line.startsWith('#EXT')) {
      const colon = line.indexOf(':')
      this.#tag(line.slice(1, colon === -1 ? undefined : colon), colon === -1 ? '' : line.slice(colon + 1))
    }
  }

  finish(): UploadedPlaylist {
    if (this.#targetDuration === undefined) throw refused('it has no target duration')
    return {
      targetDuration: this.#targetDuration,
      tags: this.#tags,
      mediaSequence: this.#mediaSequence,
      segments: this.#segments,
      ended: this.#ended,
    }
  }

  #tag(name: string, value: string): void {
    const [ofHead, ofSegment] = [HEAD_TAGS[name], SEGMENT_TAGS[name]]
    const tag = value === '' ? `#${name}` : `#${name}:${value}`
    if (ofHead) {
      if (ofHead.test(value)) this.#tags.push(tag)
    } else if (ofSegment) {
      if (ofSegment.test(value)) this.#segmentTags.push(tag)
      else if (name === 'EXT-X-BYTERANGE') throw refused('a byte range is not one')
    } else if (name === 'EXTINF') this.#duration = numberIn(value.split(',', 1)[0] ?? '', 'EXTINF')
    else if (name === 'EXT-X-TARGETDURATION') this.#targetDuration = Math.ceil(numberIn(value, name))
    else if (name === 'EXT-X-MEDIA-SEQUENCE') {
      if (!WHOLE.test(value)) throw refused('its media sequence is no number')
      this.#mediaSequence = Number(value)
    } else if (name === 'EXT-X-ENDLIST') this.#ended = true
    else if (name === 'EXT-X-MAP') this.#map = mapIn(value)
    else if (name === 'EXT-X-KEY' || name === 'EXT-X-SESSION-KEY') assertClear(value)
    else if (name === 'EXT-X-STREAM-INF' || name === 'EXT-X-MEDIA')
      throw refused('it is a playlist of playlists; upload one rendition as index.m3u8')
  }

  #segment(line: string): void {
    if (this.#duration === undefined) throw refused('a segment has no duration')
    if (this.#segments.length >= MAX_SEGMENTS) throw refused(`it has more than ${MAX_SEGMENTS} segments`)
    this.#segments.push({
      name: nameIn(line),
      duration: this.#duration,
      tags: this.#segmentTags,
      ...(this.#map && { map: this.#map }),
    })
    this.#duration = undefined
    this.#map = undefined
    this.#segmentTags = []
  }
}

function mapIn(value: string): NonNullable<UploadedSegment['map']> {
  const attributes = attributesIn(value)
  const byteRange = attributes.get('BYTERANGE')
  if (byteRange !== undefined && !BYTE_RANGE.test(byteRange)) throw refused('a byte range is not one')
  return { name: nameIn(attributes.get('URI') ?? ''), ...(byteRange !== undefined && { byteRange }) }
}

/** Keys would have to be given to everybody who watches; and who names one names an address. */
function assertClear(value: string): void {
  if (attributesIn(value).get('METHOD') !== 'NONE') throw refused('it is encrypted')
}

function attributesIn(value: string): Map<string, string> {
  return new Map(
    [...value.matchAll(ATTRIBUTE)].map(([, name = '', text = '']) => [name, text.replaceAll('"', '')]),
  )
}

function nameIn(text: string): string {
  const name = text.startsWith('./') ? text.slice(2) : text
  if (name.length > MAX_NAME || !NAME.test(name))
    throw refused('it names something outside of its folder, or by other characters than A-Z a-z 0-9 . _ ~ -')
  return name
}

function numberIn(text: string, tag: string): number {
  const value = text.trim()
  if (!NUMBER.test(value) || Number(value) > 86_400) throw refused(`${tag} is no duration`)
  return Number(value)
}

function refused(why: string): BroadcastError {
  return new BroadcastError('unsupported-media', `the uploaded playlist can not be shown: ${why}`)
}
