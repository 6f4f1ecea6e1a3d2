import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PackagingRig } from '../../../test/support/packaging-rig.ts'
import { partTargetFor } from './part-target.ts'

/** Frames a second, and the target that suits them. */
const CAMERAS = [
  [60, 0.272],
  [30, 0.255],
  [25, 0.262],
  [24, 0.273],
  [15, 0.291],
  [10, 0.218],
] as const

describe('parts', () => {
  for (const [rate, target] of CAMERAS)
    for (const jitter of [0, 0.08])
      test(`[PK1] [PK2] [PK3] ${rate} frames a second, ${jitter * 100} % irregular`, () => {
        const rig = new PackagingRig()
        rig.publish({}, { video: { rate, jitter } })
        rig.run(30)

        rig.assertSound()
        const { rendition, parts } = rig.of('v0')
        assert.ok(
          rendition.partTarget <= target && rendition.partTarget > target - 0.02,
          `${rendition.partTarget}`,
        )
        assert.ok(parts.length > 100)
        const { rendition: sound, parts: packets } = rig.of('a0')
        assert.equal(sound.partTarget, 0.25)
        assert.ok(packets.length > 100)
      })

  test('[PK1] [PK3] a camera that becomes slower makes parts shorter, never longer', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    rig.run(10)
    const { rendition, parts } = rig.of('v0')
    const before = rendition.partTarget
    video!.change(15)
    rig.run(10)

    assert.equal(rendition.partTarget, before)
    assert.ok(parts.every(({ part }) => part.duration <= before))
  })

  test('[PK1] a picture that is shown for longer is a part by itself', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    rig.run(5)
    video!.change(1)
    rig.run(10)

    rig.of('v0').assertSound()
    assert.deepEqual(rig.of('v0').jumps(), [])
  })

  test('[PK2] a broadcast of half a second has a part as well', async () => {
    const rig = new PackagingRig()
    rig.publish()
    rig.run(0.5)
    await rig.packager.close('ended')

    rig.assertSound()
    assert.equal(rig.of('v0').segments.length, 1)
    assert.ok(Math.abs(rig.of('v0').segments[0]!.duration - 0.45) < 0.05)
  })

  test('[PK3] the target suits any duration of samples, and what is configured', () => {
    for (const wanted of [0.1, 0.25, 0.5, 1])
      for (const rate of [5, 7.5, 10, 12, 15, 20, 24, 25, 29.97, 30, 50, 60, 120]) {
        const target = partTargetFor('video', wanted, 1 / rate)
        const pictures = Math.floor(target * rate)
        const what = `${wanted} s, ${rate} Hz: ${target}`
        assert.ok(pictures / rate >= target * 0.85 && target <= Math.max(wanted, 1 / rate) * 1.3, what)
        assert.equal(Math.round(target * 1000) / 1000, target)
      }
    for (const milliseconds of [2.5, 5, 10, 20, 40, 60, 21.333]) {
      const target = partTargetFor('audio', 0.25, milliseconds / 1000)
      assert.equal(target, 0.25, `${milliseconds} ms`)
    }
    assert.equal(partTargetFor('audio', 0.1, 0.06), 0.12)
    assert.equal(partTargetFor('audio', 0.25, 0.12), 0.25)
  })

  test('[PK4] nobody waits for a sample that does not fit', () => {
    const rig = new PackagingRig()
    const [, sound] = rig.publish({}, { audio: { delay: 0.05 } })
    rig.run(3)
    const { parts } = rig.of('a0')
    const { segment, part } = parts.at(-1)!
    const until = segment.startedAt / 1000 + segment.parts.reduce((sum, { duration }) => sum + duration, 0)

    assert.equal(part.duration, 0.24)
    const known = rig.epochOf(sound!.due) / 1000 - 0.05 - 0.02
    assert.ok(known - until < 0.24 + 0.001, `${known - until} s are held back`)
  })
})
