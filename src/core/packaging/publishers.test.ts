import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nalUnits, PARAMETER_SETS, PackagingRig } from '../../../test/support/packaging-rig.ts'
import { samplesOf } from '../../../test/support/packaged-media.ts'

const nalTypes = (data: Uint8Array): number[] => {
  const bytes = Buffer.from(data)
  const types: number[] = []
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) types.push(bytes[at + 4]! & 0x1f)
  return types
}

/** Numbers that begin with a discontinuity, whether there is media or not. */
const discontinuities = (rig: PackagingRig, id: string): number[] =>
  rig
    .of(id)
    .entries.flatMap(({ number, segment, missed }) => ((segment ?? missed)?.discontinuity ? [number] : []))

describe('publishers', () => {
  test('[PK17] one that returns goes on with the next number, after a discontinuity in all renditions', () => {
    const rig = new PackagingRig()
    rig.publish({ video: 2 })
    rig.run(7)
    rig.sources = []
    rig.run(10)
    rig.publish({ video: 2 }, { video: { timestamp: 5000 } })
    rig.run(7)
    rig.publish({ video: 2 })
    rig.run(7)

    rig.assertSound()
    const [first, second] = discontinuities(rig, 'v0')
    for (const id of ['v0', 'v1', 'a0']) {
      assert.deepEqual(discontinuities(rig, id), [first, second])
      const { segments } = rig.of(id)
      assert.deepEqual(
        segments.map(({ discontinuities: count }) => count),
        segments.map(({ number }) => (number >= second! ? 2 : number >= first! ? 1 : 0)),
      )
      const [before, after] = [segments[first! - 1]!, segments[first!]!]
      const away = after.startedAt - (before.startedAt + before.duration * 1000)
      assert.ok(Math.abs(away - 10_000) < 150, `${away} ms`)
      assert.deepEqual(
        rig
          .of(id)
          .jumps()
          .filter(({ segment }) => segment !== second),
        [{ segment: first, ticks: rig.of(id).jumps()[0]?.ticks }],
      )
    }
    assert.deepEqual(rig.announced, [
      ['a0', 'v0', 'v1'],
      ['a0', 'v0', 'v1'],
      ['a0', 'v0', 'v1'],
    ])
  })

  test('[PK17] one that returns at once, with a clock that is behind, does not overlap', () => {
    const rig = new PackagingRig()
    rig.publish()
    rig.run(7)
    for (const source of rig.publish()) source.clockError = -1.5
    rig.run(7)

    for (const id of ['v0', 'a0'])
      for (const { ticks } of rig.of(id).jumps()) assert.ok(ticks > 0, `${ticks}`)
  })

  test('[PK18] after six seconds without anything, the next segments are discontinuities', () => {
    const rig = new PackagingRig()
    const sources = rig.publish({ video: 2 })
    rig.run(7)
    for (const source of sources) source.active = false
    rig.run(6)
    for (const source of sources) source.active = true
    rig.run(7)

    rig.assertSound()
    const [first, ...others] = discontinuities(rig, 'v0')
    assert.deepEqual(others, [])
    for (const id of ['v1', 'a0']) assert.deepEqual(discontinuities(rig, id), [first])
    assert.equal(samplesOf(rig.of('v0').segments[first!]!)[0]?.key, true)
  })

  test('[PK19] a layer that pauses misses segments and comes back in step', () => {
    const rig = new PackagingRig()
    const [, low] = rig.publish({ video: 2 })
    rig.run(7)
    low!.active = false
    rig.run(9)
    low!.active = true
    rig.run(9)

    rig.assertSound()
    const [best, paused] = [rig.of('v0'), rig.of('v1')]
    assert.ok(paused.missed.length >= 3 && paused.missed.length <= 6, `${paused.missed.length}`)
    assert.deepEqual(
      paused.entries.map(({ number }) => number),
      best.entries.map(({ number }) => number),
    )
    const back = paused.segments.find(({ number }) => number > paused.missed.at(-1)!)!
    const same = best.segments.find(({ number }) => number === back.number)!
    assert.ok(Math.abs(back.startedAt - same.startedAt) <= 100)
    assert.equal(samplesOf(same)[0]?.key, true)
    assert.equal(samplesOf(back)[0]?.key, true)
    assert.deepEqual(best.missed, [])
  })

  test('[PK19] a pause within one segment costs nothing but its pictures', () => {
    const rig = new PackagingRig()
    const [, low] = rig.publish({ video: 2 })
    rig.run(6.3)
    low!.active = false
    rig.run(0.8)
    low!.active = true
    rig.run(9)

    rig.assertSound({ steady: false })
    assert.deepEqual(rig.of('v1').missed, [])
    assert.deepEqual(rig.of('v1').jumps(), [])
  })

  test('[PK20] what is not sent any more is missed, segment by segment', () => {
    const rig = new PackagingRig()
    rig.publish({ video: 2 })
    rig.run(7)
    rig.publish({ video: 1, audio: false })
    rig.run(9)

    rig.assertSound()
    const { entries } = rig.of('v0')
    for (const id of ['v1', 'a0']) {
      const numbers = rig.of(id).entries.map(({ number }) => number)
      assert.ok(rig.of(id).missed.length >= 3)
      assert.ok(numbers.length >= entries.length - 1, 'all but the one that grows')
    }
    assert.deepEqual(discontinuities(rig, 'a0'), discontinuities(rig, 'v0'))
    assert.deepEqual(rig.announced.at(-1), ['v0'])
  })

  test('[PK20] a layer that joins later counts the discontinuities before it', () => {
    const rig = new PackagingRig()
    for (const video of [1, 1, 2]) {
      rig.publish({ video })
      rig.run(5)
    }

    rig.assertSound()
    assert.equal(rig.of('v1').segments[0]?.discontinuities, 2)
  })

  test('[PK21] new parameters make a new initialization where a segment begins', () => {
    const rig = new PackagingRig()
    const [best, low] = rig.publish({ video: 2 })
    rig.run(6.5)
    for (const source of [best!, low!]) {
      source.parameterSets = PARAMETER_SETS.large
      source.requested()
    }
    rig.run(6)

    rig.assertSound()
    for (const id of ['v0', 'v1']) {
      const { initializations, segments } = rig.of(id)
      assert.deepEqual(
        initializations.map(({ number, width, codecs }) => ({ number, width, codecs })),
        [
          { number: 0, width: 160, codecs: 'avc1.42c00b' },
          { number: 1, width: 320, codecs: 'avc1.42c00d' },
        ],
      )
      for (const segment of segments) {
        const sizes = samplesOf(segment).filter(({ key }) => key)
        const large = Buffer.from(PARAMETER_SETS.large[0], 'hex')
        for (const { data } of sizes)
          assert.equal(Buffer.from(data).includes(large), segment.initialization.number === 1)
      }
    }
    assert.deepEqual(rig.of('a0').missed, [], 'both layers changed at one boundary')
  })

  test('[PK21] a publisher that returns with what is known needs no new initialization', () => {
    const rig = new PackagingRig()
    rig.publish()
    rig.run(5)
    rig.publish()
    rig.run(5)

    assert.equal(rig.of('v0').initializations.length, 1)
    assert.equal(rig.of('a0').initializations.length, 1)
  })

  test('[PK22] parameter sets that came apart stand in the samples', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    const sets = PARAMETER_SETS.small.map((set) => Buffer.from(set, 'hex'))
    const lengths = sets.map(({ length }) => Buffer.of(length >> 8, length & 0xff))
    video!.layer.parameterSets = Buffer.concat([
      Buffer.of(0x78),
      ...sets.flatMap((set, index) => [lengths[index]!, set]),
    ])
    video!.parameterSets = []
    rig.run(7)

    rig.assertSound()
    const { segments, initializations } = rig.of('v0')
    assert.ok(segments.length > 2)
    assert.equal(initializations[0]?.width, 160)
    for (const segment of segments) assert.deepEqual(nalTypes(samplesOf(segment)[0]!.data), [7, 8, 5])
  })

  test('[PK22] without any parameter sets nothing is packaged, and key frames are asked for', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish()
    video!.parameterSets = []
    rig.run(4)

    assert.deepEqual(rig.of('v0').entries, [])
    assert.ok(video!.requests.length >= 6)
  })

  test('[PK23] after a loss there is nothing until the next key frame, which is asked for', () => {
    const rig = new PackagingRig()
    const [video] = rig.publish({}, { video: { answers: false, keyEvery: 3 } })
    rig.run(7)
    const asked = video!.requests.length
    video!.losing = 3
    rig.run(0.3)
    assert.equal(video!.requests.length, asked + 1)
    rig.run(6)

    rig.assertSound({ steady: false })
    const samples = rig.of('v0').segments.flatMap(samplesOf)
    const held = samples.filter(({ duration }) => duration > 3100)
    assert.equal(held.length, 1, 'one picture stands until the key frame')
    const at = samples.indexOf(held[0]!)
    assert.equal(samples[at + 1]?.key, true)
    assert.deepEqual(rig.of('v0').jumps(), [])
  })

  for (const videoCodec of ['VP8'] as const)
    test(`[PK24] ${videoCodec} makes no renditions, not of its sound either`, () => {
      const rig = new PackagingRig()
      rig.publish({ videoCodec })
      rig.run(5)

      assert.equal(rig.media.size, 0)
      assert.deepEqual(rig.announced, [[]])
    })

  test('[PK24] a publisher that returns with VP8 ends what was made, and one with H264 goes on', () => {
    const rig = new PackagingRig()
    rig.publish()
    rig.run(5)
    rig.publish({ videoCodec: 'VP8' })
    rig.run(5)
    const { length } = rig.of('v0').entries
    assert.ok(rig.of('v0').segments.every(({ complete }) => complete))
    rig.publish()
    rig.run(5)

    rig.assertSound()
    assert.ok(rig.of('v0').entries.length > length)
    assert.deepEqual(rig.announced, [['a0', 'v0'], [], ['a0', 'v0']])
  })

  test('[PK25] closing completes every segment, and nothing comes afterwards', async () => {
    const rig = new PackagingRig()
    const sources = rig.publish({ video: 2 })
    rig.run(7)
    await Promise.all([rig.packager.close('ended'), rig.packager.close('failed')])
    assert.equal(await rig.packager.closed, 'ended')
    const counts = [...rig.media.values()].map(({ parts }) => parts.length)
    for (const { layer } of sources)
      layer.writeUnit({
        timestamp: 9e6,
        keyFrame: true,
        afterLoss: false,
        data: nalUnits(...PARAMETER_SETS.small),
      })
    rig.packager.tracksChanged([])

    rig.assertSound()
    for (const { segments } of rig.media.values()) assert.ok(segments.every(({ complete }) => complete))
    assert.deepEqual(
      [...rig.media.values()].map(({ parts }) => parts.length),
      counts,
    )
  })

  test('[PK25] what waits for sender reports is packaged when the publisher leaves before', async () => {
    const rig = new PackagingRig()
    rig.publish({}, { video: { reports: false } })
    rig.run(0.8)
    assert.equal(rig.of('v0').parts.length, 0)
    await rig.packager.close('ended')

    assert.ok(rig.of('v0').segments[0]!.duration > 0.6)
  })
})
