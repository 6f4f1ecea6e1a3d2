import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withQuery } from './private-playlist.ts'

describe('private playlists', () => {
  test('[PERM60] every address of a playlist carries the pass, whatever it carried before', () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",URI="a0/index.m3u8?session=old"',
      '#EXT-X-MAP:URI="r.init0.mp4"',
      '#EXT-X-PART:DURATION=1,URI="r.1.0.m4s",INDEPENDENT=YES',
      '#EXT-X-MAP:URI="v0-0.mp4",BYTERANGE="800@0"',
      '',
      'r.1.m4s',
      'v0/index.m3u8?session=old',
      '#EXT-X-RENDITION-REPORT:URI="../a0/index.m3u8",LAST-MSN=1',
      '',
    ].join('\n')

    assert.equal(
      withQuery(playlist, '?session=new'),
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",URI="a0/index.m3u8?session=new"',
        '#EXT-X-MAP:URI="r.init0.mp4?session=new"',
        '#EXT-X-PART:DURATION=1,URI="r.1.0.m4s?session=new",INDEPENDENT=YES',
        '#EXT-X-MAP:URI="v0-0.mp4?session=new",BYTERANGE="800@0"',
        '',
        'r.1.m4s?session=new',
        'v0/index.m3u8?session=new',
        '#EXT-X-RENDITION-REPORT:URI="../a0/index.m3u8?session=new",LAST-MSN=1',
        '',
      ].join('\n'),
    )
  })
})
