import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { durationOf, readUploadedPlaylist, writePlaylist } from './uploaded-playlist.ts'

const LIVE = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.000000,some title
#EXT-X-PROGRAM-DATE-TIME:2030-01-01T00:00:00.000+0000
index7.m4s
#EXT-X-DISCONTINUITY
#EXTINF:1.5,
part/index8.m4s
`
const playlist = (...lines: string[]) => ['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines, ''].join('\n')
const signed = (name: string) => `https://s3.example.org/live/${name}?signature`

describe('an uploaded playlist', () => {
  test('[PV30] is written again with other addresses', () => {
    const read = readUploadedPlaylist(LIVE)
    assert.equal(durationOf(read), 3.5)
    assert.equal(
      writePlaylist(read, signed),
      `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="https://s3.example.org/live/init.mp4?signature"
#EXT-X-PROGRAM-DATE-TIME:2030-01-01T00:00:00.000+0000
#EXTINF:2,
https://s3.example.org/live/index7.m4s?signature
#EXT-X-DISCONTINUITY
#EXTINF:1.5,
https://s3.example.org/live/part/index8.m4s?signature
`,
    )
    const ended = readUploadedPlaylist(`${LIVE}#EXT-X-ENDLIST\n`)
    assert.ok(ended.ended)
    assert.match(writePlaylist(ended, signed), /#EXT-X-ENDLIST\n$/)
    assert.deepEqual(readUploadedPlaylist(LIVE.replaceAll('\n', '\r\n')), read)
  })

  test('[PV31] one that names anything outside of its folder is refused', () => {
    const outside = [
      'https://elsewhere.example.org/a.ts',
      '//elsewhere.example.org/a.ts',
      '/live/bert/s2/a.ts',
      '../s2/a.ts',
      'a/../../s2/a.ts',
      '%2e%2e/s2/a.ts',
      '..%2fs2/a.ts',
      '..\\s2\\a.ts',
      'file:///etc/passwd',
      'data:video/mp4,x',
      'a.ts?X-Amz-Signature=1',
      'a.ts#b',
      'a b.ts',
      'a//b.ts',
      '.hidden/a.ts',
      'a/./b.ts',
      'ä.ts',
      'x'.repeat(513),
    ]
    for (const name of outside) {
      const refusal = { code: 'unsupported-media', message: /outside of its folder/ }
      assert.throws(() => readUploadedPlaylist(playlist('#EXTINF:2,', name)), refusal, name)
      const map = playlist(`#EXT-X-MAP:URI="${name}"`, '#EXTINF:2,', 'a.m4s')
      assert.throws(() => readUploadedPlaylist(map), refusal, name)
    }
    assert.throws(() => readUploadedPlaylist(playlist('#EXT-X-MAP:X="1"')), { code: 'unsupported-media' })
  })

  test('[PV32] one that is encrypted, of playlists or of nonsense is refused', () => {
    const nonsense: readonly [string, RegExp][] = [
      ['', /#EXTM3U/],
      ['<html>', /#EXTM3U/],
      ['#EXTM3U\n#EXTINF:2,\na.ts', /no target duration/],
      [playlist('#EXT-X-KEY:METHOD=AES-128,URI="https://elsewhere.example.org/key"'), /encrypted/],
      [playlist('#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="key"'), /encrypted/],
      [playlist('#EXT-X-STREAM-INF:BANDWIDTH=1', 'a.m3u8'), /playlist of playlists/],
      [playlist('a.ts'), /no duration/],
      [playlist('#EXTINF:Infinity,', 'a.ts'), /no duration/],
      [playlist('#EXTINF:1e9,', 'a.ts'), /no duration/],
      [playlist('#EXTINF:2,', '#EXT-X-BYTERANGE:x', 'a.ts'), /byte range/],
      [playlist('#EXT-X-MAP:URI="a.mp4",BYTERANGE="1@-2"'), /byte range/],
      ['#EXTM3U\n#EXT-X-TARGETDURATION:\n', /no duration/],
    ]
    for (const [text, message] of nonsense)
      assert.throws(() => readUploadedPlaylist(text), { code: 'unsupported-media', message }, text)
    assert.ok(readUploadedPlaylist(playlist('#EXT-X-KEY:METHOD=NONE', '#EXTINF:2,', 'a.ts')))
  })

  test('[PV33] what is not known names nothing to players', () => {
    const text = playlist(
      '#EXT-X-PART:DURATION=0.2,URI="https://elsewhere.example.org/part"',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="../hint"',
      '#EXT-X-DATERANGE:ID="a",X-ASSET-URI="https://elsewhere.example.org/advert"',
      '#EXT-X-DEFINE:NAME="a",VALUE="b"',
      '#EXT-X-VERSION:x\u2028https://elsewhere.example.org',
      '# https://elsewhere.example.org',
      '#EXTINF:2,https://elsewhere.example.org',
      'a.ts',
      '#EXT-X-ENDLIST',
      'https://elsewhere.example.org/after-the-end.ts',
    )
    assert.equal(
      writePlaylist(readUploadedPlaylist(text), (name) => name),
      '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n',
    )
  })
})
