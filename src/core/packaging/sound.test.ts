import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PackagingRig } from '../../../test/support/packaging-rig.ts'
import { samplesOf } from '../../../test/support/packaged-media.ts'
import { opusDuration } from '../../media/opus/opus-duration.ts'
import { opusFiller } from './opus-filler.ts'

const isFiller = ({ data }: { data: Uint8Array }) => data.length === 1

describe('sound', () => {
  test('[PK26] a packet of any kind is stood for by one frame of its kind', () => {
    for (let first = 0; first < 256; first++) {
      const filler = opusFiller(Uint8Array.of(first, 2, 9, 9))!
      assert.equal(filler.data.length, 1)
      assert.equal(opusDuration(filler.data), filler.duration)
      assert.equal(filler.data[0]! >> 3, first >> 3)
    }
    assert.equal(opusFiller(new Uint8Array()), undefined)
  })

  test('[PK26] packets that are lost are stood for', () => {
    const rig = new PackagingRig()
    const [, sound] = rig.publish()
    rig.run(3)
    sound!.losing = 5
    rig.run(3)

    rig.assertSound()
    const samples = rig.of('a0').segments.flatMap(samplesOf)
    assert.equal(samples.filter(isFiller).length, 5)
    for (const { duration } of samples) assert.ok(Math.abs(duration - 960) <= 1)
  })

  test('[PK26] sound that is muted, with a packet every 400 ms, has no hole and no long packet', () => {
    const rig = new PackagingRig()
    const [, sound] = rig.publish()
    rig.run(3)
    sound!.change(2.5)
    rig.run(10)
    sound!.change(50)
    rig.run(3)

    rig.assertSound()
    assert.deepEqual(rig.of('a0').jumps(), [])
    assert.deepEqual(rig.of('a0').missed, [])
  })

  test('[PK26] sound that is away for 3 s is silent meanwhile, in step with the pictures', () => {
    const rig = new PackagingRig()
    const [, sound] = rig.publish()
    rig.run(5)
    sound!.active = false
    rig.run(3)
    sound!.active = true
    rig.run(5)

    rig.assertSound()
    const { missed } = rig.of('a0')
    assert.ok(missed.length <= 1)
    const numbers = rig.of('a0').segments.map(({ number }) => number)
    const at = rig.of('a0').beginnings()
    const pictures = rig.of('v0').beginnings()
    for (const [index, number] of numbers.entries())
      assert.ok(Math.abs(at[index]! - pictures[number]!) < 0.06, `segment ${number}`)
  })

  test('[PK26] sound that begins late is silent before', () => {
    const rig = new PackagingRig()
    const [, sound] = rig.publish()
    sound!.active = false
    rig.run(2.8)
    sound!.active = true
    rig.run(5)

    rig.assertSound()
    const { segments } = rig.of('a0')
    assert.ok(segments.length >= 3)
    assert.equal(isFiller(samplesOf(segments[0]!)[0]!), true)
    const [at] = rig.of('a0').beginnings()
    assert.ok(Math.abs(at! - rig.of('v0').beginnings()[segments[0]!.number]!) < 0.03)
  })

  test('[PK27] sound alone is cut every 2 s', () => {
    const rig = new PackagingRig()
    rig.publish({ video: 0 })
    rig.run(21)

    rig.assertSound()
    assert.deepEqual(rig.announced, [['a0']])
    assert.ok(rig.of('a0').segments.length >= 10)
    for (const { duration, complete } of rig.of('a0').segments)
      if (complete) assert.ok(Math.abs(duration - 2) < 0.021, `${duration}`)
  })

  test('[PK28] a picture that never comes is waited for, but not for ever', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    video!.active = false
    rig.run(4.9)
    assert.equal(rig.of('a0').parts.length, 0)
    rig.run(6)
    assert.ok(rig.of('a0').parts.length > 15)
    video!.active = true
    rig.run(6)

    rig.assertSound()
    const first = rig.of('v0').segments[0]!
    assert.equal(samplesOf(first)[0]?.key, true)
    assert.ok(rig.of('a0').entries.some(({ number }) => number === first.number))
  })

  test('[PK28] a picture that stands still does not hold up the sound', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    rig.run(5)
    video!.active = false
    rig.run(20)
    const { segments } = rig.of('a0')
    assert.ok(segments.filter(({ complete }) => complete).length >= 5)
    video!.active = true
    rig.run(5)

    rig.assertSound({ steady: false })
    assert.deepEqual(rig.of('a0').jumps(), [])
    assert.deepEqual(rig.of('a0').missed, [])
    assert.ok(rig.of('v0').missed.length >= 2)
    const back = rig.of('v0').segments.at(-1)!
    assert.equal(back.discontinuity, false)
  })
})
