import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { Frame } from './frame.ts'
import { FrameOutlet } from './frame-outlet.ts'
import { FramePace } from './frame-pace.ts'

const frame = (number: number, bytes = 1000) => new Frame(madeJpeg({ bytes }), number, number, number)

function setUp() {
  const written: number[] = []
  let taken = (): void => undefined
  let now = 0
  const outlet = new FrameOutlet(
    ({ number }, done) => {
      written.push(number)
      taken = done
      return false
    },
    { monotonic: () => now },
  )
  return { outlet, written, take: () => taken(), pass: (milliseconds: number) => (now += milliseconds) }
}

describe('a slow viewer', () => {
  test('[FR20] gets one frame at a time, and then the newest', () => {
    const { outlet, written, take } = setUp()
    for (let number = 0; number < 10; number++) outlet.offer(frame(number), 0)
    assert.deepEqual(written, [0])
    take()
    assert.deepEqual(written, [0, 9])
    assert.equal(outlet.dropped, 8)
    take()
    outlet.offer(frame(10), 0)
    assert.deepEqual(written, [0, 9, 10])
    assert.equal(outlet.bytes, 3000)
  })

  test('[FR21] is given up after ten seconds in which it took nothing', () => {
    const { outlet, take, pass } = setUp()
    outlet.offer(frame(0), 0)
    assert.equal(outlet.isStalled(pass(9_999)), false)
    assert.equal(outlet.isStalled(pass(1)), true)
    take()
    assert.equal(outlet.isStalled(pass(20_000)), false)
  })

  test('[FR20] is none while the network takes all at once', () => {
    const written: number[] = []
    const takesAll = ({ number }: Frame): boolean => written.push(number) > 0
    const outlet = new FrameOutlet(takesAll, { monotonic: () => 0 })
    for (let number = 0; number < 3; number++) outlet.offer(frame(number), 0)
    assert.deepEqual(written, [0, 1, 2])
    assert.equal(outlet.isStalled(60_000), false)
  })

  test('[FR20] gets nothing more once it is closed', () => {
    const { outlet, written, take } = setUp()
    outlet.offer(frame(0), 0)
    outlet.offer(frame(1), 0)
    outlet.close()
    take()
    outlet.offer(frame(2), 0)
    assert.deepEqual(written, [0])
  })
})

describe('a limit', () => {
  const passed = (pace: FramePace, fps: number, seconds: number, bytes = 1000) => {
    let count = 0
    for (let index = 0; index < fps * seconds; index++) if (pace.allows(bytes, (index * 1000) / fps)) count++
    return count
  }

  test('[FR23] leaves as many frames a second as it says, from any camera', () => {
    for (const [maxFps, fps] of [
      [10, 30],
      [20, 30],
      [25, 30],
      [30, 30],
      [15, 60],
      [1, 25],
      [0.5, 30],
    ] as const) {
      const pace = new FramePace()
      pace.limit({ maxFps }, 0)
      const frames = passed(pace, fps, 20)
      assert.ok(Math.abs(frames - maxFps * 20) <= 1, `${frames} of ${maxFps * 20} (${maxFps} of ${fps})`)
    }
  })

  test('[FR23] leaves as many bytes a second as it says, and a frame larger than that now and then', () => {
    const pace = new FramePace()
    pace.limit({ maxBytesPerSecond: 10_000 }, 0)
    const frames = passed(pace, 30, 10)
    assert.ok(frames >= 99 && frames <= 106, `${frames} of about 105`)

    const narrow = new FramePace()
    narrow.limit({ maxBytesPerSecond: 1000 }, 0)
    const large = passed(narrow, 30, 20, 5000)
    assert.ok(large >= 3 && large <= 5, `${large} of 4`)
  })
})

describe('a frame', () => {
  test('[FR12] is a message with the shortest header for its length, and a part with its own', () => {
    for (const [bytes, header] of [
      [125, '827d'],
      [126, '827e007e'],
      [65_535, '827effff'],
      [65_536, '827f0000000000010000'],
    ] as const) {
      const jpeg = madeJpeg({ bytes })
      const { message, part, jpeg: same } = new Frame(jpeg, 0, 0, 0)
      assert.equal(message.subarray(0, message.length - bytes).toString('hex'), header)
      assert.deepEqual(message.subarray(message.length - bytes), jpeg)
      assert.deepEqual(same, jpeg)
      assert.equal(
        part.toString('latin1'),
        `Content-Type: image/jpeg\r\nContent-Length: ${bytes}\r\n\r\n${jpeg.toString('latin1')}\r\n--frame\r\n`,
      )
    }
  })
})
