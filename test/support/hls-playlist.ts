import assert from 'node:assert/strict'
import { parse, setOptions, types } from 'hls-parser'

setOptions({ strictMode: true })

export type ReadPart = { readonly uri: string; readonly duration: number; readonly independent: boolean }

export type ReadSegment = {
  readonly number: number
  /** Counts from the beginning of the broadcast. */
  readonly discontinuities: number
  discontinuity: boolean
  /** Milliseconds since the epoch. */
  startedAt: number
  map: string | undefined
  gap: boolean
  parts: ReadPart[]
  /** Undefined while it grows. */
  uri: string | undefined
  duration: number
}

/** A media playlist as a player reads it. */
export type ReadPlaylist = {
  readonly text: string
  readonly version: number
  readonly targetDuration: number
  readonly partTarget: number | undefined
  readonly control: ReadonlyMap<string, string>
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly type: string | undefined
  readonly skipped: number
  readonly independent: boolean
  readonly ended: boolean
  readonly hint: string | undefined
  readonly reports: readonly ReadonlyMap<string, string>[]
  readonly segments: readonly ReadSegment[]
}

/** Tags that we write, and how often one playlist may have each. */
const HEADER_TAGS = [
  'EXTM3U',
  'EXT-X-VERSION',
  'EXT-X-TARGETDURATION',
  'EXT-X-SERVER-CONTROL',
  'EXT-X-PART-INF',
  'EXT-X-PLAYLIST-TYPE',
  'EXT-X-MEDIA-SEQUENCE',
  'EXT-X-DISCONTINUITY-SEQUENCE',
  'EXT-X-INDEPENDENT-SEGMENTS',
  'EXT-X-SKIP',
  'EXT-X-PRELOAD-HINT',
  'EXT-X-ENDLIST',
]
/** In the order in which they stand before a segment. */
const SEGMENT_TAGS = [
  'EXT-X-DISCONTINUITY',
  'EXT-X-MAP',
  'EXT-X-PROGRAM-DATE-TIME',
  'EXT-X-GAP',
  'EXT-X-PART',
  'EXTINF',
]
const ROUNDING = 1e-4
const SHORTEST_SHARE = 0.85

export function attributesOf(line: string): Map<string, string> {
  const list = line.slice(line.indexOf(':') + 1)
  return new Map(
    [...list.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)(?:,|$)/g)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('"', ''),
    ]),
  )
}

/** Reads what must be a valid media playlist, by a strict parser and by what that one lets pass. */
export function readPlaylist(text: string, { steady = true } = {}): ReadPlaylist {
  const parsed = parse(text)
  assert.ok(parsed instanceof types.MediaPlaylist, 'a media playlist')
  const lines = text.split('\n')
  assert.equal(lines[0], '#EXTM3U')
  assert.equal(lines.pop(), '', 'the last line ends')
  const header = new Map<string, string>()
  const reports: Map<string, string>[] = []
  const segments: ReadSegment[] = []
  const first = () => Number(header.get('EXT-X-MEDIA-SEQUENCE')) + skipped()
  const skipped = () => Number(attributesOf(header.get('EXT-X-SKIP') ?? '').get('SKIPPED-SEGMENTS') ?? 0)
  let discontinuities: number | undefined
  let map: string | undefined
  let growing: ReadSegment | undefined
  let order = 0
  const current = () =>
    (growing ??= {
      ...{ number: first() + segments.length, discontinuity: false, startedAt: NaN, map, gap: false },
      ...{ parts: [], uri: undefined, duration: 0 },
      discontinuities: (discontinuities ??= Number(
        header.get('EXT-X-DISCONTINUITY-SEQUENCE')?.split(':')[1] ?? 0,
      )),
    })
  for (const line of lines) {
    if (!line.startsWith('#')) {
      const segment = current()
      segment.uri = line
      segments.push(segment)
      growing = undefined
      order = 0
      continue
    }
    const [, tag = '', value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? assert.fail(`a tag: ${line}`)
    if (HEADER_TAGS.includes(tag)) {
      assert.ok(!header.has(tag), `only one ${tag}`)
      const isLast = tag === 'EXT-X-PRELOAD-HINT' || tag === 'EXT-X-ENDLIST'
      assert.equal(segments.length > 0 || growing !== undefined, isLast, `${tag} stands where it belongs`)
      header.set(tag, tag === 'EXT-X-MEDIA-SEQUENCE' ? value : line)
      continue
    }
    if (tag === 'EXT-X-RENDITION-REPORT') {
      reports.push(attributesOf(line))
      continue
    }
    const place = SEGMENT_TAGS.indexOf(tag)
    assert.ok(place >= 0, `${tag} is known`)
    assert.ok(place >= order, `${tag} stands where it belongs`)
    order = place
    if (tag === 'EXT-X-DISCONTINUITY') {
      discontinuities = current().discontinuities + 1
      growing = { ...current(), discontinuity: true, discontinuities }
    }
    if (tag === 'EXT-X-MAP') current().map = map = attributesOf(line).get('URI')
    if (tag === 'EXT-X-PROGRAM-DATE-TIME') current().startedAt = Date.parse(value)
    if (tag === 'EXT-X-GAP') current().gap = true
    if (tag === 'EXTINF') current().duration = Number(/^([\d.]+),$/.exec(value)?.[1])
    if (tag !== 'EXT-X-PART') continue
    const part = attributesOf(line)
    current().parts.push({
      uri: part.get('URI') ?? assert.fail('a part has an address'),
      duration: Number(part.get('DURATION')),
      independent: part.get('INDEPENDENT') === 'YES',
    })
  }
  if (growing) segments.push(growing)
  const valueOf = (tag: string) => header.get(tag)?.replace(/^#[^:]+:/, '')
  const partTarget = attributesOf(header.get('EXT-X-PART-INF') ?? '').get('PART-TARGET')
  const hint = header.get('EXT-X-PRELOAD-HINT')
  const playlist: ReadPlaylist = {
    text,
    version: Number(valueOf('EXT-X-VERSION')),
    targetDuration: Number(valueOf('EXT-X-TARGETDURATION')),
    partTarget: partTarget === undefined ? undefined : Number(partTarget),
    control: attributesOf(header.get('EXT-X-SERVER-CONTROL') ?? ''),
    mediaSequence: Number(header.get('EXT-X-MEDIA-SEQUENCE')),
    discontinuitySequence: Number(valueOf('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0),
    type: valueOf('EXT-X-PLAYLIST-TYPE'),
    skipped: skipped(),
    independent: header.has('EXT-X-INDEPENDENT-SEGMENTS'),
    ended: header.has('EXT-X-ENDLIST'),
    hint: hint === undefined ? undefined : attributesOf(hint).get('URI'),
    ...{ reports, segments },
  }
  assertValid(playlist, steady)
  return playlist
}

/** RFC 8216bis, as far as the parser does not ask for it. */
function assertValid(playlist: ReadPlaylist, steady: boolean): void {
  const { targetDuration, partTarget, control, segments } = playlist
  const version = playlist.skipped > 0 ? 9 : segments.some(({ gap }) => gap) ? 8 : 6
  assert.equal(playlist.version, version, 'no higher than needed')
  assert.ok(Number.isInteger(targetDuration) && Number.isInteger(playlist.mediaSequence))
  if (playlist.ended) {
    assert.equal(playlist.hint, undefined, 'nothing follows the end')
    assert.ok(segments.every(({ uri, parts }) => uri !== undefined && parts.length === 0))
  } else {
    assert.ok(partTarget !== undefined && playlist.hint !== undefined)
    assert.equal(control.get('CAN-BLOCK-RELOAD'), 'YES')
    assert.ok(Number(control.get('PART-HOLD-BACK')) >= partTarget * 3)
    assert.ok(Number(control.get('HOLD-BACK')) >= targetDuration * 3)
    assert.ok(Number(control.get('CAN-SKIP-UNTIL')) >= targetDuration * 6)
  }
  for (const [index, segment] of segments.entries()) {
    const { number, duration, parts, gap, uri, map, startedAt } = segment
    const what = `segment ${number}`
    assert.ok(Math.round(duration) <= targetDuration, `${what} is too long`)
    assert.ok(startedAt > 0, `${what} has a date`)
    if (!gap && playlist.skipped === 0) assert.ok(map, `${what} has an initialization`)
    if (gap) assert.deepEqual(parts, [])
    assert.ok(uri !== undefined || index === segments.length - 1, `${what} is complete`)
    const sum = parts.reduce((seconds, part) => seconds + part.duration, 0)
    if (uri !== undefined && parts.length > 0)
      assert.ok(Math.abs(sum - duration) < ROUNDING * parts.length, `${what} is its parts`)
    for (const [place, part] of parts.entries()) {
      assert.ok(part.duration <= (partTarget ?? 0) + ROUNDING, `${what}, part ${place}`)
      const mayBeShort = part.independent || place === parts.length - 1 || !steady
      assert.ok(
        mayBeShort || part.duration >= (partTarget ?? 0) * SHORTEST_SHARE - ROUNDING,
        `${what}, part ${place}`,
      )
    }
    const next = segments[index + 1]
    if (next && steady && !next.discontinuity && !gap && !next.gap) {
      const drift = next.startedAt - startedAt - duration * 1000
      assert.ok(Math.abs(drift) < 60, `${what} is followed ${drift} ms off its date`)
    }
    if (next) assert.ok(next.startedAt >= startedAt, `${what} is followed by later ones`)
  }
}

/** What a server may change between one playlist and a later one (§6.2.1). */
export function assertLegalUpdate(before: ReadPlaylist, after: ReadPlaylist): void {
  assert.equal(after.targetDuration, before.targetDuration)
  assert.equal(after.type, before.type)
  if (!after.ended) assert.equal(after.partTarget, before.partTarget)
  assert.ok(before.independent || !after.independent)
  assert.ok(!before.ended || after.ended)
  const numberOf = ({ mediaSequence, skipped, segments }: ReadPlaylist) => ({
    first: mediaSequence,
    end: mediaSequence + skipped + segments.length,
  })
  assert.ok(numberOf(after).first >= numberOf(before).first, 'the media sequence never falls')
  assert.ok(numberOf(after).end >= numberOf(before).end, 'nothing is taken from the end')
  assert.ok(after.discontinuitySequence >= before.discontinuitySequence)
  if (before.type === 'EVENT') assert.equal(after.mediaSequence, before.mediaSequence)
  for (const segment of after.segments) {
    const known = before.segments.find(({ number }) => number === segment.number)
    if (!known) continue
    const what = `segment ${segment.number}`
    assert.equal(segment.startedAt, known.startedAt, what)
    assert.equal(segment.discontinuity, known.discontinuity, what)
    if (after.skipped + before.skipped === 0)
      assert.equal(segment.discontinuities, known.discontinuities, what)
    assert.equal(segment.gap, known.gap, what)
    if (segment.map !== undefined && known.map !== undefined) assert.equal(segment.map, known.map, what)
    if (known.uri !== undefined) {
      assert.equal(segment.uri, known.uri, what)
      assert.equal(segment.duration, known.duration, what)
    }
    // Parts are only ever added, or removed all together.
    if (segment.parts.length > 0)
      assert.deepEqual(segment.parts.slice(0, known.parts.length), known.parts, what)
  }
}
