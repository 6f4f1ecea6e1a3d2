import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { broadcastsRig } from '../../../test/support/broadcasts-rig.ts'
import { FakeFrameEncoder } from '../../../test/support/fake-frame-encoder.ts'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { settled } from '../../../test/support/webrtc-door.ts'
import type { Sink } from '../../core/feed.ts'
import { Feeds } from '../../core/feeds.ts'
import type { AccessUnit } from '../../media/access-unit.ts'
import { broadcastView } from '../broadcast-view.ts'
import { EncodedFrames } from './encoded-frames.ts'
import { FramePublisher } from './frame-publisher.ts'
import { FrameRooms } from './frame-rooms.ts'

async function setUp(t: TestContext, { limit = 2 } = {}) {
  const rig = await broadcastsRig()
  const rooms = new FrameRooms(rig)
  const feeds = new Feeds()
  const encoder = new FakeFrameEncoder()
  const here = new Set<string>()
  const encoded = new EncodedFrames({
    ...{ ...rig, rooms, feeds, encoder, limit },
    publishHere: (id) => {
      here.add(id)
      return () => here.delete(id)
    },
  })
  t.after(() => encoded.close())
  const units: AccessUnit[] = []

  async function publish(id: string) {
    const broadcast = rig.broadcasts.loaded(id) ?? (await rig.broadcasts.create({ id })).broadcast
    const sink: Sink = {
      tracksChanged: (tracks) => {
        for (const { layers } of tracks)
          for (const layer of layers) layer.readUnits({ unitArrived: (_layer, unit) => units.push(unit) })
      },
      close: async () => undefined,
      closed: new Promise(() => undefined),
    }
    if (!feeds.get(id)) feeds.ensure(id).attach(sink)
    const publisher = new FramePublisher({
      ...{ id: 'p', address: '192.0.2.1', broadcast, clock: rig.clock },
      tell: () => undefined,
      hangUp: () => undefined,
    })
    rooms.publish(broadcast, publisher)
    return { broadcast, publisher }
  }
  return { ...rig, rooms, feeds, encoder, encoded, here, units, publish }
}

describe('frames as video', () => {
  test('[FR40] are a second track, written to the feed with the time of each frame, while they are published', async (t) => {
    const { publish, clock, here, units, feeds, encoder } = await setUp(t)
    const { broadcast, publisher } = await publish('room')
    for (let index = 0; index < 3; index++) {
      publisher.receive(madeJpeg())
      clock.advance(40)
    }

    assert.deepEqual(
      broadcast.tracks.map(({ codec }) => codec),
      ['JPEG', 'H264'],
    )
    assert.deepEqual(
      units.map(({ timestamp, keyFrame }) => [timestamp, keyFrame]),
      [
        [0, true],
        [3600, false],
        [7200, false],
      ],
    )
    assert.deepEqual([...here], ['room'])
    const [track] = feeds.get('room')?.tracks ?? []
    assert.deepEqual(track?.layers[0]?.captureClock, { rtpTimestamp: 0, capturedAt: clock.now() - 120 })
    assert.equal(broadcastView(broadcast, 'http://host').urls.hls, 'http://host/hls/room/index.m3u8')

    await publisher.close('ended')
    await settled()
    assert.deepEqual([...here], [])
    assert.equal(feeds.get('room')?.source, undefined)
    assert.equal(encoder.encodings[0]?.isClosed, true)
  })

  test('[FR40] frames of the same millisecond have times that rise', async (t) => {
    const { publish, encoder } = await setUp(t)
    const { publisher } = await publish('room')
    for (let index = 0; index < 3; index++) publisher.receive(madeJpeg())
    assert.deepEqual(encoder.encodings[0]?.times, [0, 1, 2])
  })

  test('[FR41] another size is another stream', async (t) => {
    const { publish, encoder, feeds, broadcasts } = await setUp(t)
    const { publisher } = await publish('room')
    publisher.receive(madeJpeg())
    const before = feeds.get('room')?.tracks
    publisher.receive(madeJpeg({ width: 800, height: 600 }))

    assert.deepEqual(
      encoder.encodings.map(({ isClosed, options: { width } }) => [width, isClosed]),
      [
        [640, true],
        [800, false],
      ],
    )
    assert.notEqual(feeds.get('room')?.tracks, before)
    assert.deepEqual(
      broadcasts.loaded('room')?.tracks.map(({ layers }) => layers[0]?.width),
      [800, 800],
    )
  })

  test('[FR41] an encoder that fails is tried three times in a row', async (t) => {
    const { publish, encoder, clock, broadcasts } = await setUp(t)
    const { publisher } = await publish('room')
    for (let attempt = 1; attempt <= 3; attempt++) {
      publisher.receive(madeJpeg())
      assert.equal(encoder.encodings.length, attempt)
      encoder.encodings.at(-1)?.fail()
      await settled()
      assert.deepEqual(
        broadcasts.loaded('room')?.tracks.map(({ codec }) => codec),
        ['JPEG'],
      )
      clock.advance(2000)
    }
    publisher.receive(madeJpeg())
    assert.equal(encoder.encodings.length, 3)
  })

  test('[FR42] beyond the limit they stay frames, and the API says so', async (t) => {
    const { publish, encoder } = await setUp(t, { limit: 1 })
    const one = await publish('one')
    const two = await publish('two')
    for (const { publisher } of [one, two]) publisher.receive(madeJpeg())

    assert.equal(encoder.encodings.length, 1)
    const view = broadcastView(two.broadcast, 'http://host')
    assert.deepEqual([view.codecs, view.urls.hls], [['JPEG'], null])
    assert.deepEqual(
      view.warnings.map(({ code }) => code),
      ['frames-only'],
    )
    assert.match(view.warnings[0]?.cure ?? '', /KLIEG_FFMPEG/)

    await one.publisher.close('ended')
    await settled()
    await two.publisher.close('ended')
    const again = await publish('two')
    again.publisher.receive(madeJpeg())
    assert.equal(encoder.encodings.length, 2)
  })
})
