import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  decodingErrors,
  type EncodedMedia,
  encodeMedia,
  probeBytes,
} from '../../../test/support/encoded-media.ts'
import { encode, ENCODED_STREAMS, type EncodedStream } from '../../../test/support/encoded-streams.ts'
import { PackagingRig } from '../../../test/support/packaging-rig.ts'
import type { PackagedMedia } from '../../../test/support/packaged-media.ts'
import { samplesOf } from '../../../test/support/packaged-media.ts'
import type { TrackInfo } from '../track-info.ts'
import { Track } from '../track.ts'

/** Plays encoded media into a packager, at its pace, as often as wanted. */
async function packaged(
  { codec, timescale }: EncodedStream,
  media: readonly EncodedMedia[],
  isLost: (index: number) => boolean = () => false,
): Promise<PackagedMedia> {
  const rig = new PackagingRig()
  const kind = codec === 'opus' ? 'audio' : 'video'
  const info: TrackInfo = { kind, codec, clockRate: timescale, layers: [{ rid: '' }] }
  const track = new Track(info, () => undefined)
  rig.packager.tracksChanged([track])
  const [layer] = track.layers
  let start = 0
  for (const { packets } of media) {
    const first = packets[0]?.dts ?? 0
    for (const [index, { pts, dts, key, data }] of packets.entries()) {
      rig.clock.advance(Math.max(0, ((start + dts - first) / timescale) * 1000 - rig.clock.monotonic()))
      if (isLost(index)) continue
      layer?.writeUnit({ timestamp: start + pts - first, keyFrame: key, afterLoss: false, data })
    }
    start += packets.reduce((ticks, { duration }) => ticks + duration, 0)
  }
  await rig.packager.close('ended')
  rig.assertSound()
  return [...rig.media.values()][0] ?? assert.fail('nothing was packaged')
}

const shownTimes = (media: PackagedMedia) => media.segments.flatMap(samplesOf).map(({ shownAt }) => shownAt)

describe('what is packaged of encoded streams', { concurrency: 2 }, () => {
  for (const stream of ENCODED_STREAMS.filter(({ codec }) => codec !== 'AAC'))
    test(`[PK29] ${stream.name}`, async () => {
      const source = await encode(stream)
      const media = await packaged(
        stream,
        Array.from({ length: 5 }, () => source),
      )
      const whole = media.file()

      assert.ok(media.segments.length >= 3)
      assert.deepEqual(
        media.initializations.map(({ codecs }) => codecs),
        [stream.codecs],
      )
      assert.equal(await decodingErrors(whole), '')
      assert.equal(await decodingErrors(media.file(media.segments.slice(1))), '')
      const { packets } = await probeBytes(whole)
      assert.deepEqual(
        packets.map(({ pts }) => pts),
        shownTimes(media),
      )
      assert.equal(packets.length, source.packets.length * 5)
      assert.deepEqual(media.jumps(), [])
    })

  test('[PK29] sound that was lost decodes', async () => {
    const stream = ENCODED_STREAMS.find(({ codec }) => codec === 'opus')!
    const source = await encode(stream)
    const isLost = (index: number) => index % 10 > 6
    const media = await packaged(stream, [source, source, source], isLost)

    const samples = media.segments.flatMap(samplesOf)
    assert.equal(samples.filter(({ data }) => data.length === 1).length, 45)
    assert.equal(await decodingErrors(media.file()), '')
  })

  test('[PK30] H264 whose pictures change their size decodes by its first header', async () => {
    const stream = ENCODED_STREAMS[0]!
    const sized = (size: string) =>
      encodeMedia({
        ...{ seconds: 1, timescale: stream.timescale, encoder: stream.encoder },
        source: `testsrc2=size=${size}:rate=30`,
      })
    const [small, large] = await Promise.all([sized('160x120'), sized('320x240')])
    const media = await packaged(stream, [small, small, small, large, large, large, small, small])

    assert.deepEqual(
      media.initializations.map(({ width, height }) => `${width}x${height}`),
      ['160x120', '320x240', '160x120'],
    )
    assert.equal(await decodingErrors(media.file()), '')
    for (const { bytes, number } of media.initializations) {
      const of = media.segments.filter(({ initialization }) => initialization.number === number)
      const parts = of.flatMap((segment) => segment.parts.map((part) => part.bytes))
      assert.equal(await decodingErrors(Buffer.concat([bytes, ...parts])), '')
    }
  })
})
