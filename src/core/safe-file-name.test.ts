import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { numberedName, safeFileName } from './safe-file-name.ts'
import { videoTypeOf } from './video-type.ts'

describe('names of files', () => {
  const rows: [given: string, kept: string][] = [
    ['holiday.mp4', 'holiday.mp4'],
    ['Käsespätzle – Teil 1.MP4', 'Käsespätzle – Teil 1.mp4'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.mp4', 'system.mp4'],
    ['/absolute/path.webm', 'path.webm'],
    ['..', 'video'],
    ['', 'video'],
    ['.mp4', 'mp4'],
    ['.hidden.mp4', 'hidden.mp4'],
    ['a\0b\nc.mp4', 'a b c.mp4'],
    ['exe\u202e4pm.mp4', 'exe 4pm.mp4'],
    ['what? "this": <that>|*.mov', 'what this that.mov'],
    ['con.mp4', 'con video.mp4'],
    ['COM³.part.mp4', 'COM³ video.part.mp4'],
    ['name. .mp4', 'name.mp4'],
    ['\ud800lone.mp4', '\ufffdlone.mp4'],
    ['🎬 take 1.mkv', '🎬 take 1.mkv'],
  ]
  for (const [given, kept] of rows)
    test(`[LB20] ${JSON.stringify(given)} is kept as ${JSON.stringify(kept)}`, () => {
      assert.equal(safeFileName(given), kept)
    })

  test('[LB20] whatever is given: no path, not hidden, no control, short, and safe already when given again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (given) => {
        const name = safeFileName(given)
        assert.ok(name !== '' && !/[/\\\p{Cc}]/u.test(name) && !name.startsWith('.'), name)
        assert.ok(Buffer.byteLength(name) <= 190)
        assert.equal(safeFileName(name), name)
      }),
    )
  })

  test('[LB20] a name that is taken gets a number', () => {
    assert.deepEqual(
      [1, 2, 3].map((number) => numberedName('a.b.mp4', number)),
      ['a.b.mp4', 'a.b (2).mp4', 'a.b (3).mp4'],
    )
  })

  test('[LB21] what is a video is told by its extension, in any case', () => {
    assert.equal(videoTypeOf('x/A.MP4')?.contentType, 'video/mp4')
    assert.equal(videoTypeOf('a.webm')?.container, 'matroska')
    for (const name of ['mp4', 'a.mp4.txt', 'a.', 'a.constructor', 'a.jpg', 'a.m3u8'])
      assert.equal(videoTypeOf(name), undefined, name)
  })
})
