import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RecordedSegment, RenditionJournal } from './journal.ts'
import { mediaPlaylist, multivariantPlaylist } from './playlists.ts'
import { secondsOf } from './seconds-of.ts'
import { originsOf, stretchesOf } from './stretches.ts'

const START = Date.UTC(2030, 0, 1)

const segment = (number: number, changes: Partial<RecordedSegment> = {}): RecordedSegment => ({
  ...{ number, file: 0, offset: 700 + number * 1000, startedAt: START + number * 2000, period: 0 },
  ...{ size: 1000, duration: 2, sha256: '' },
  ...changes,
})

const journal = (id: string, segments: readonly RecordedSegment[], changes: Partial<RenditionJournal> = {}) =>
  ({
    ...{ id, kind: id.startsWith('v') ? 'video' : 'audio', codec: 'H264', begun: undefined, segments },
    initializations: [
      { file: 0, codecs: id.startsWith('v') ? 'avc1.42c01f' : 'opus', width: 0, height: 0, size: 700 },
    ],
    ...changes,
  }) as RenditionJournal

const linesOf = (text: string) => text.trimEnd().split('\n')

describe('playlists of a recording', () => {
  test('[RC40] while it is recorded it is an EVENT, afterwards a VOD with an end; nothing else changes', () => {
    const video = journal('v0', [segment(0), segment(1)])
    const growing = linesOf(mediaPlaylist(video, { renditions: [video], finished: false }))
    assert.deepEqual(growing, [
      '#EXTM3U',
      '#EXT-X-VERSION:6',
      '#EXT-X-TARGETDURATION:4',
      '#EXT-X-PLAYLIST-TYPE:EVENT',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-MAP:URI="v0-0.mp4",BYTERANGE="700@0"',
      '#EXT-X-PROGRAM-DATE-TIME:2030-01-01T00:00:00.000Z',
      '#EXTINF:2.00000,',
      '#EXT-X-BYTERANGE:1000@700',
      'v0-0.mp4',
      '#EXTINF:2.00000,',
      '#EXT-X-BYTERANGE:1000@1700',
      'v0-0.mp4',
    ])
    const finished = linesOf(mediaPlaylist(video, { renditions: [video], finished: true }))
    assert.deepEqual(finished, [...growing.map((line) => line.replace('EVENT', 'VOD')), '#EXT-X-ENDLIST'])
  })

  test('[RC41] a new period is a discontinuity with its own time; a new file its own map', () => {
    const video = journal(
      'v0',
      [segment(0), segment(1, { period: 1 }), segment(2, { period: 1, file: 1, offset: 800 })],
      {
        initializations: [0, 1].map((file) => ({
          ...{ file, codecs: 'avc1.42c01f', width: 0, height: 0 },
          size: 700 + file * 100,
        })),
      },
    )
    const text = mediaPlaylist(video, { renditions: [video], finished: true })
    assert.equal(text.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1)
    assert.equal(text.match(/#EXT-X-PROGRAM-DATE-TIME/g)?.length, 2)
    assert.deepEqual(text.match(/#EXT-X-MAP:.*/g), [
      '#EXT-X-MAP:URI="v0-0.mp4",BYTERANGE="700@0"',
      '#EXT-X-MAP:URI="v0-0.mp4",BYTERANGE="700@0"',
      '#EXT-X-MAP:URI="v0-1.mp4",BYTERANGE="800@0"',
    ])
  })

  test('[RC42] renditions number their discontinuities alike, also where one misses a period', () => {
    const video = journal('v0', [segment(0), segment(1, { period: 1 }), segment(2, { period: 2 })])
    const sound = journal('a0', [segment(0), segment(1, { period: 2 })])
    const late = journal('a1', [segment(0, { period: 1 })])
    const renditions = [video, sound, late]
    const count = (one: RenditionJournal) => {
      const text = mediaPlaylist(one, { renditions, finished: true })
      const from = Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0)
      return from + (text.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0)
    }
    assert.deepEqual(renditions.map(count), [2, 2, 1])
  })

  test('[RC43] what is missing is a gap, which players do not ask for', () => {
    const video = journal('v0', [
      segment(0),
      segment(1, { missing: true }),
      segment(2, { missing: true, size: 0 }),
      segment(3),
    ])
    const lines = linesOf(mediaPlaylist(video, { renditions: [video], finished: true }))
    assert.equal(lines.filter((line) => line === '#EXT-X-GAP').length, 2)
    assert.ok(lines.includes('#EXT-X-VERSION:8'))
    assert.ok(!lines.some((line) => line.startsWith('#EXT-X-BYTERANGE:0@')))
  })

  test('[RC44] target durations are equal in all renditions and hold for every segment', () => {
    const renditions = [journal('v0', [segment(0, { duration: 7.4 })]), journal('a0', [segment(0)])]
    for (const one of renditions)
      assert.match(mediaPlaylist(one, { renditions, finished: true }), /#EXT-X-TARGETDURATION:7\n/)
  })

  test('[RC45] the multivariant playlist has every picture with every sound, and what they need', () => {
    const sized = (file: number, width: number, height: number) => ({
      initializations: [{ file, codecs: 'avc1.42c01f', width, height, size: 700 }],
    })
    const text = multivariantPlaylist([
      journal('v0', [segment(0, { size: 250_000 }), segment(1, { size: 150_000 })], sized(0, 1280, 720)),
      journal('v1', [segment(0)], sized(0, 640, 360)),
      journal('a0', [segment(0)]),
      journal('a1', []),
    ])
    assert.deepEqual(linesOf(text), [
      '#EXTM3U',
      '#EXT-X-VERSION:6',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a0",NAME="a0",DEFAULT=YES,AUTOSELECT=YES,URI="a0.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1004000,AVERAGE-BANDWIDTH=804000,CODECS="avc1.42c01f,opus",RESOLUTION=1280x720,AUDIO="a0"',
      'v0.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=8000,AVERAGE-BANDWIDTH=8000,CODECS="avc1.42c01f,opus",RESOLUTION=640x360,AUDIO="a0"',
      'v1.m3u8',
    ])
    assert.deepEqual(linesOf(multivariantPlaylist([journal('a0', [segment(0)])])).slice(3), [
      '#EXT-X-STREAM-INF:BANDWIDTH=4000,AVERAGE-BANDWIDTH=4000,CODECS="opus"',
      'a0.m3u8',
    ])
  })
})

test('[RC46] bytes of a media file are seconds of the recording', () => {
  const video = journal('v0', [segment(0), segment(1), segment(2, { file: 1, offset: 700 })])
  assert.deepEqual(secondsOf(video, 0, { from: 700, to: 1700 }), { from: 0, to: 2 })
  assert.deepEqual(secondsOf(video, 0, { from: 1699, to: 1701 }), { from: 0, to: 4 })
  assert.deepEqual(secondsOf(video, 1, { from: 0, to: 9999 }), { from: 4, to: 6 })
  assert.equal(secondsOf(video, 0, { from: 0, to: 700 }), undefined)
})

test('[RC47] stretches hold together what one initialization and one period hold together', () => {
  const video = journal(
    'v0',
    [segment(0), segment(1), segment(2, { missing: true }), segment(3), segment(4, { period: 1 })],
    {},
  )
  assert.deepEqual(
    stretchesOf(video).map(({ period, startedAt, extents }) => ({ period, startedAt, extents })),
    [
      {
        ...{ period: 0, startedAt: START },
        extents: [
          { offset: 700, size: 2000 },
          { offset: 3700, size: 1000 },
        ],
      },
      { period: 1, startedAt: START + 8000, extents: [{ offset: 4700, size: 1000 }] },
    ],
  )
})

test('[RC48] sound stays with the picture: by their common time line, else by the time of day', () => {
  assert.deepEqual(
    originsOf([
      { timestamp: 60.02, startedAt: START + 20 },
      { timestamp: 60, startedAt: START + 3 },
    ]),
    [60, 60],
  )
  const [video, audio] = originsOf([
    { timestamp: 60, startedAt: START },
    { timestamp: 0, startedAt: START + 500 },
  ])
  assert.deepEqual([60 - (video ?? 0), 0 - (audio ?? 0)], [0, 0.5])
})
