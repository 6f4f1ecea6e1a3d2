import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PackagingRig, type Source, type SourceOptions } from '../../../test/support/packaging-rig.ts'
import { samplesOf } from '../../../test/support/packaged-media.ts'

const HOUR = 3_600_000

/** Seconds on the time line of every unit that was sent, by its index; units carry the lowest byte of it. */
function placesOf(rig: PackagingRig, id: string): { index: number; at: number }[] {
  const media = rig.of(id)
  const isAudio = media.rendition.kind === 'audio'
  let index = 0
  return media.segments.flatMap((segment) =>
    samplesOf(segment).flatMap(({ data, shownAt }) => {
      const byte = isAudio ? data[1] : data.at(-2)
      if (byte === undefined) return []
      index += (byte - index) & 0xff
      return [{ index, at: shownAt / media.timescale }]
    }),
  )
}

/** Seconds since a unit of this index was taken until it is shown, on the time line; 60 s are its beginning. */
function delays(rig: PackagingRig, id: string, rate: number): number[] {
  return placesOf(rig, id).map(({ index, at }) => at - 60 - (index - 1) / rate)
}

/** By how much pictures are later than sound. */
function skews(rig: PackagingRig): number[] {
  const sound = delays(rig, 'a0', 50)
  const pictures = delays(rig, 'v0', 30)
  return pictures.map((delay, index) => delay - sound[Math.floor((index * sound.length) / pictures.length)]!)
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs))

function publish(video: SourceOptions, audio: SourceOptions = {}): { rig: PackagingRig; sources: Source[] } {
  const rig = new PackagingRig()
  return { rig, sources: rig.publish({}, { video, audio }) }
}

describe('time', () => {
  test('[PK10] pictures that take longer to arrive are shown with their sound', () => {
    const { rig } = publish({ delay: 0.4, timestamp: 0xfff0_0000 }, { delay: 0.02 })
    rig.run(20)

    rig.assertSound()
    assert.ok(largest(skews(rig)) < 0.005, `${largest(skews(rig))} s`)
    assert.ok(largest(delays(rig, 'v0', 30)) < 0.005, 'they lie where they were taken')
  })

  test('[PK11] without reports, they lie where they arrived', () => {
    const { rig } = publish({ delay: 0.09, reports: false }, { delay: 0.02, reports: false })
    rig.run(20)

    rig.assertSound()
    assert.ok(largest(skews(rig).map((skew) => skew - 0.07)) < 0.005)
  })

  test('[PK11] reports that come later bring sound and picture together, slowly', () => {
    const { rig, sources } = publish({ delay: 0.2, reports: false }, { delay: 0.02, reports: false })
    rig.run(5)
    for (const { layer } of sources)
      layer.captureClock = { rtpTimestamp: 1_000_000, capturedAt: rig.epochOf(0) }
    rig.run(25)

    rig.assertSound()
    const later = skews(rig)
    assert.ok(later[0]! > 0.17)
    assert.ok(largest(later.slice(-30)) < 0.03, `${largest(later.slice(-30))} s`)
    const samples = rig.of('v0').segments.flatMap(samplesOf)
    for (const { duration } of samples) assert.ok(Math.abs(duration - 3000) <= 151, `${duration} ticks`)
  })

  for (const wrong of [-86_400, -30, 30, 86_400])
    test(`[PK12] a publisher whose clock is wrong by ${wrong} s`, () => {
      const { rig, sources } = publish({ delay: 0.4 }, { delay: 0.02 })
      for (const source of sources) source.clockError = wrong
      rig.run(20)

      rig.assertSound()
      assert.ok(largest(skews(rig)) < 0.005, `${largest(skews(rig))} s`)
      assert.ok(largest(delays(rig, 'v0', 30)) < 0.5)
    })

  for (const set of [-3600, -1, 1, 3600])
    test(`[PK12] a publisher whose clock is set by ${set} s`, () => {
      const { rig, sources } = publish({ delay: 0.1 }, { delay: 0.02 })
      rig.run(5)
      for (const source of sources) source.clockError = set
      rig.run(30)

      rig.assertSound()
      assert.ok(largest(skews(rig)) < 0.06, `${largest(skews(rig))} s`)
      assert.deepEqual([...rig.of('v0').jumps(), ...rig.of('a0').jumps()], [])
      assert.ok(largest(delays(rig, 'v0', 30)) < 0.1, 'nothing moved')
    })

  for (const [video, audio] of [
    [100, -100],
    [-100, 100],
    [0, 100],
  ] as const)
    test(`[PK13] [PK14] clocks that drift by ${video} and ${audio} ppm for ten minutes`, () => {
      const { rig } = publish({ ppm: video, delay: 0.1 }, { ppm: audio, delay: 0.05 })
      rig.run(600)

      rig.assertSound()
      assert.ok(largest(skews(rig)) < 0.03, `${largest(skews(rig))} s`)
      assert.deepEqual([...rig.of('v0').jumps(), ...rig.of('a0').jumps()], [])
      const sound = rig.of('a0').segments.flatMap(samplesOf)
      for (const { duration } of sound) assert.ok(Math.abs(duration - 960) <= 1, `${duration} ticks`)
    })

  for (const hours of [-1, 1])
    test(`[PK15] a wall clock that is set by ${hours} h moves nothing`, () => {
      const { rig } = publish({ delay: 0.1 })
      rig.run(5)
      rig.clock.jump(hours * HOUR)
      rig.run(15)

      rig.assertSound()
      assert.ok(largest(skews(rig)) < 0.005)
      for (const id of ['v0', 'a0']) {
        assert.deepEqual(rig.of(id).jumps(), [])
        const [first, ...others] = rig.of(id).segments
        let until = first!.startedAt + first!.duration * 1000
        for (const { startedAt, duration } of others) {
          assert.ok(Math.abs(startedAt - until) < 50, `${id}: ${startedAt - until} ms`)
          until = startedAt + duration * 1000
        }
      }
    })

  test('[PK16] time stamps that wrap go on', () => {
    const { rig } = publish({ timestamp: 2 ** 32 - 450_000 }, { timestamp: 2 ** 32 - 240_000 })
    rig.run(20)

    rig.assertSound()
    assert.ok(largest(skews(rig)) < 0.005)
    assert.deepEqual([...rig.of('v0').jumps(), ...rig.of('a0').jumps()], [])
  })

  for (const jump of [-1000, 1000])
    test(`[PK16] time stamps that jump by ${jump} s begin anew where they arrive`, () => {
      const { rig, sources } = publish({}, {})
      rig.run(5)
      for (const source of sources) source.jump(jump)
      rig.run(15)

      rig.assertSound({ steady: false })
      assert.ok(largest(skews(rig)) < 0.1, `${largest(skews(rig))} s`)
      assert.ok(largest(delays(rig, 'v0', 30)) < 0.1)
    })
})
