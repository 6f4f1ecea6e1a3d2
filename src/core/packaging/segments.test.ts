import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PackagingRig } from '../../../test/support/packaging-rig.ts'
import { samplesOf } from '../../../test/support/packaged-media.ts'

const between = (value: number, from: number, to: number, what = '') =>
  assert.ok(value >= from && value <= to, `${what} ${value} is not between ${from} and ${to}`)

describe('segments', () => {
  test('[PK5] begin with key frames every 2 s, in step in all renditions', () => {
    const rig = new PackagingRig()
    rig.publish({ video: 3 }, { video: { jitter: 0.05 } })
    rig.run(30)

    rig.assertSound()
    const [best, ...others] = ['v0', 'v1', 'v2', 'a0'].map((id) => rig.of(id))
    assert.ok(best!.segments.length >= 14)
    for (const { duration, complete } of best!.segments) if (complete) between(duration, 1.7, 2.3)
    for (const other of others) {
      assert.deepEqual(
        other.segments.map(({ number }) => number),
        best!.segments.map(({ number }) => number),
      )
      for (const [index, at] of other.beginnings().entries())
        between(at - best!.beginnings()[index]!, -0.06, 0.06, other.rendition.id)
    }
    for (const { segments } of [best!, ...others])
      for (const segment of segments) {
        assert.equal(samplesOf(segment)[0]?.key, true)
        assert.equal(segment.parts[0]?.independent, true)
      }
  })

  test('[PK6] a key frame is asked for before each segment should end', () => {
    const rig = new PackagingRig()
    const [video, sound] = rig.publish()
    rig.run(20)

    assert.deepEqual(sound!.requests, [])
    between(video!.requests.length, 8, 12)
    for (const [index, at] of video!.requests.entries())
      if (index > 0) between(at - video!.requests[index - 1]!, 1.7, 2.1)
  })

  test('[PK6] encoders that do not listen are asked twice a second', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish({}, { video: { answers: false, keyEvery: 5 } })
    rig.run(20)

    for (const [index, at] of video!.requests.entries())
      if (index > 0) assert.ok(at - video!.requests[index - 1]! >= 0.49)
  })

  for (const [every, duration] of [
    [0.5, 2],
    [1, 2],
    [2, 2],
    [3, 3],
    [4, 4],
  ] as const)
    test(`[PK7] key frames every ${every} s by themselves make segments of ${duration} s`, () => {
      const rig = new PackagingRig()
      rig.publish({}, { video: { answers: false, keyEvery: every } })
      rig.run(30)

      rig.assertSound()
      for (const segment of rig.of('v0').segments) {
        if (segment.complete) between(segment.duration, duration - 0.01, duration + 0.01)
        assert.equal(segment.parts[0]?.independent, true)
      }
    })

  test('[PK8] with a key frame every 5 s segments end at the target, and at the key frame', () => {
    const rig = new PackagingRig()
    rig.publish({}, { video: { answers: false, keyEvery: 5 } })
    rig.run(30)

    rig.assertSound()
    const { segments } = rig.of('v0')
    for (const [index, { duration, parts, complete }] of segments.entries()) {
      assert.equal(parts[0]?.independent, index % 2 === 0)
      if (complete) between(duration, index % 2 === 0 ? 3.9 : 0.8, index % 2 === 0 ? 4.15 : 1.1)
    }
  })

  test('[PK8] with one key frame only segments end at the target, in all renditions', () => {
    const rig = new PackagingRig()
    rig.publish({ video: 2 }, { video: { answers: false, jitter: 0.08 } })
    rig.run(30)

    rig.assertSound()
    for (const id of ['v0', 'v1', 'a0']) {
      assert.deepEqual(rig.of(id).missed, [])
      for (const { duration, complete } of rig.of(id).segments) if (complete) between(duration, 3.5, 4.49)
      assert.deepEqual(rig.of(id).jumps(), [])
    }
  })

  test('[PK9] a picture every second makes no segment exceed the target', () => {
    const rig = new PackagingRig()
    rig.publish({}, { video: { rate: 1, answers: false } })
    rig.run(40)

    rig.assertSound()
    assert.deepEqual(rig.of('v0').jumps(), [])
  })

  test('[PK9] a picture that comes late makes no segment exceed the target', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish({}, { video: { answers: false } })
    for (const [until, pause] of [
      [3.5, 1.5],
      [3.8, 1.9],
      [3, 2.5],
      [1, 3.5],
    ] as const) {
      rig.run(until)
      video!.active = false
      rig.run(pause)
      video!.active = true
    }
    rig.run(10)

    rig.assertSound({ steady: false })
  })
})
