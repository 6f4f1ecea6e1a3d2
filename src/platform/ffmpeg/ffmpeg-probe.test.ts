import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { makeVideo } from '../../../test/support/made-video.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { jpegSizeOf } from '../../media/jpeg.ts'
import { FfmpegProbe } from './ffmpeg-probe.ts'
import { mediaFactsIn } from './media-facts.ts'

describe('looking into video files', () => {
  test('[LB3] duration, size, codecs and bitrate are found, and a picture of at most 640 pixels', async () => {
    using folder = temporaryFolder()
    const file = folder.file('a.mp4')
    makeVideo(file, { seconds: 3, size: '1280x720' })
    const probe = new FfmpegProbe()

    const { duration, bitrate, ...facts } = await probe.probe(file)
    assert.deepEqual(facts, { width: 1280, height: 720, codecs: ['h264', 'aac'] })
    assert.ok(Math.abs((duration ?? 0) - 3) < 0.1)
    assert.ok((bitrate ?? 0) > 10_000)
    assert.deepEqual(jpegSizeOf(await probe.poster(file, 1.5)), { width: 640, height: 360 })
    await assert.rejects(probe.poster(file, 100), /no picture/)
  })

  test('[LB3] what is held upright is as high as it is shown', async () => {
    using folder = temporaryFolder()
    const file = folder.file('phone.mp4')
    makeVideo(file, { size: '320x180', rotation: 90, sound: false })
    const { width, height } = await new FfmpegProbe().probe(file)
    assert.deepEqual({ width, height }, { width: 180, height: 320 })
  })

  test('[LB3] what a file does not say is null; a cover is no video', () => {
    const video = { codec_type: 'video', codec_name: 'vp9' }
    assert.deepEqual(mediaFactsIn(JSON.stringify({ streams: [video], format: { duration: 'N/A' } })), {
      duration: null,
      width: null,
      height: null,
      codecs: ['vp9'],
      bitrate: null,
    })
    const cover = { codec_type: 'video', codec_name: 'mjpeg', disposition: { attached_pic: 1 } }
    assert.throws(() => mediaFactsIn(JSON.stringify({ streams: [cover] })), /no video/)
  })

  test('[LB4] a playlist or a list of files that calls itself a video is not opened', async () => {
    using folder = temporaryFolder()
    const probe = new FfmpegProbe()
    makeVideo(folder.file('real.mp4'), { seconds: 1 })
    const disguises = {
      'playlist.mp4': '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.mp4\n#EXT-X-ENDLIST\n',
      'list.mp4': "ffconcat version 1.0\nfile 'real.mp4'\n",
      'text.mp4': 'not a video at all',
    }
    for (const [name, content] of Object.entries(disguises)) {
      writeFileSync(folder.file(name), content)
      await assert.rejects(probe.probe(folder.file(name)), name)
      await assert.rejects(probe.poster(folder.file(name), 0), name)
    }
  })

  test('[LB4] a name that looks like an option, an address or a pattern is the name of a file', async () => {
    using folder = temporaryFolder()
    const probe = new FfmpegProbe()
    makeVideo(folder.file('real.mp4'), { seconds: 1 })
    for (const name of [
      '-y',
      'concat:real.mp4|real.mp4',
      'http:x',
      'pipe:0',
      '%03d.mp4',
      'a\nb "c" \'d\'.mp4',
    ]) {
      copyFileSync(folder.file('real.mp4'), folder.file(name))
      assert.deepEqual((await probe.probe(folder.file(name))).codecs, ['h264', 'aac'], name)
      assert.ok(jpegSizeOf(await probe.poster(folder.file(name), 0)), name)
    }
  })

  test('[LB5] whether ffmpeg is there is known without a file', async () => {
    assert.equal(await new FfmpegProbe().available(), true)
    assert.equal(await new FfmpegProbe('/nonexistent/ffmpeg').available(), false)
  })
})
