import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import type { AccessUnit } from '../../media/access-unit.ts'
import { pictureSizeOf } from '../../media/picture-size.ts'
import { FfmpegFrameEncoder } from './ffmpeg-frame-encoder.ts'

function realJpeg(size: string): Buffer {
  const source = ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=${size}`, '-frames:v', '1']
  return execFileSync('ffmpeg', [...source, '-f', 'image2pipe', '-c:v', 'mjpeg', 'pipe:1'])
}

describe('ffmpeg as encoder of frames', () => {
  test('[FR44] makes one unit of each picture, at the time it was given, with even sides', async () => {
    const units: AccessUnit[] = []
    const encoding = new FfmpegFrameEncoder().begin({
      ...{ width: 321, height: 241 },
      onUnit: (unit) => units.push(unit),
    })
    const jpeg = realJpeg('321x241')
    const times = [0, 7, 40, 73, 106, 1000, 1001, 2500, 4600]
    for (const time of times)
      await new Promise<void>((resolve) => encoding.write(jpeg, time, () => resolve()))
    await eventually(
      () => units.length === times.length,
      () => `${units.length} units`,
    )
    encoding.close()
    await encoding.closed

    assert.deepEqual(
      units.map(({ timestamp }) => timestamp / 90),
      times,
    )
    assert.deepEqual(
      units.map(({ keyFrame }) => keyFrame),
      times.map((time) => [0, 2500, 4600].includes(time)),
    )
    assert.deepEqual(pictureSizeOf('H264', units[0]?.data ?? Buffer.alloc(0)), { width: 320, height: 240 })
    assert.equal(await encoding.closed, undefined)
  })

  test('[FR44] a program that is not there, and one that ends, are told', async () => {
    const size = { width: 320, height: 240, onUnit: () => undefined }
    const missing = new FfmpegFrameEncoder('/nonexistent/ffmpeg').begin(size)
    assert.match((await missing.closed)?.message ?? '', /nonexistent/)
    const ending = new FfmpegFrameEncoder('false').begin(size)
    ending.write(madeJpeg(), 0, () => undefined)
    assert.match((await ending.closed)?.message ?? '', /ended with 1/)
  })

  test('[FR44] pictures that cannot be decoded are left out', async () => {
    const units: AccessUnit[] = []
    const encoding = new FfmpegFrameEncoder().begin({
      ...{ width: 320, height: 240 },
      onUnit: (unit) => units.push(unit),
    })
    const jpeg = realJpeg('320x240')
    for (const [time, bytes] of [jpeg, madeJpeg(), jpeg].entries())
      await new Promise<void>((resolve) => encoding.write(bytes, time * 40, () => resolve()))
    await eventually(
      () => units.some(({ timestamp }) => timestamp === 7200),
      () => `${units.length} units`,
    )
    encoding.close()
    await encoding.closed
  })
})
