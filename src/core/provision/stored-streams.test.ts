import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import { broadcastsRig } from '../../../test/support/broadcasts-rig.ts'
import { FakeObjectStorage } from '../../../test/support/fake-object-storage.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { FakeStoredStreamStore } from '../../../test/support/fake-stored-stream-store.ts'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { failedPace, livePace, waitingPace } from './look-pace.ts'
import { StoredStreams } from './stored-streams.ts'

const HOUR = 3_600_000
const text = (segments: number, end = '') =>
  [
    '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0',
    ...Array.from({ length: segments }, (_, index) => `#EXTINF:2,\nindex${index}.ts`),
    end,
  ].join('\n')

async function setUp({ publicUrl }: { publicUrl?: string } = {}) {
  const rig = await broadcastsRig()
  const { broadcasts, clock, logger, secrets } = rig
  const [storage, store] = [new FakeObjectStorage(), new FakeStoredStreamStore()]
  const revoked: string[] = []
  const revoke = async (path: string) => void revoked.push(path)
  const open = () =>
    StoredStreams.open({ store, broadcasts, storage, secrets, clock, logger, publicUrl, revoke })
  let streams = await open()
  /** Each second, with what it sets in motion. */
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      clock.advance(500)
      await settled()
    }
  }
  const start = async (visibility?: 'private') => {
    const stream = await streams.create({
      ...{ name: 'A show', ownerId: 'anna', startDate: clock.now() },
      ...(visibility && { visibility }),
    })
    await streams.provisioned(stream.id, clock.now() + HOUR)
    const path = `anna/${stream.id}`
    const upload = (segments: number, end?: string) => {
      for (let index = 0; index < segments; index++)
        storage.put(`${path}/index${index}.ts`, Buffer.alloc(1000))
      storage.put(`${path}/index.m3u8`, text(segments, end))
    }
    return { stream, path, upload, broadcast: await broadcasts.get(stream.id) }
  }
  return {
    ...rig,
    ...{ storage, store, pass, start, revoked },
    get streams() {
      return streams
    },
    async restart() {
      streams.close()
      streams = await open()
    },
  }
}

describe('a stream in storage', () => {
  test('[PV40] is a broadcast of its owner, live with the first playlist that has its segments', async () => {
    const { pass, start, storage } = await setUp()
    const { broadcast, path, upload } = await start()
    assert.deepEqual(
      [broadcast.record.title, broadcast.record.ownerId, broadcast.record.visibility, broadcast.state],
      ['A show', 'anna', 'public', 'created'],
    )
    storage.put(`${path}/index.m3u8`, text(0))
    await pass(2000)
    storage.put(`${path}/index.m3u8`, text(1))
    await pass(2000)
    assert.equal(broadcast.state, 'created')
    upload(1)
    await pass(1500)
    assert.equal(broadcast.state, 'live')
  })

  test('[PV41] is over with ENDLIST, and was over then when it is stopped later', async () => {
    const { pass, start, store, streams, clock } = await setUp()
    const { broadcast, upload, stream } = await start()
    upload(2)
    await pass(2000)
    upload(3, '#EXT-X-ENDLIST')
    await pass(1000)
    assert.equal(broadcast.state, 'ended')
    const endDate = store.streams.get(stream.id)?.endDate
    assert.ok(endDate)
    await pass(5000)
    assert.equal((await streams.stop(stream.id, clock.now())).stopDate, endDate)
    assert.equal(clock.pending, 0)
  })

  test('[PV42] is over when it is stopped, by its client or by whoever may stop its broadcast', async () => {
    const { pass, start, store, streams, clock, revoked } = await setUp()
    const [first, second, third] = [await start(), await start(), await start()]
    for (const { upload } of [first, second, third]) upload(1)
    await pass(1500)
    await streams.stop(first.stream.id, clock.now())
    await second.broadcast.stop()
    await third.broadcast.retire()
    await pass(1500)
    for (const { broadcast, stream } of [first, second, third]) {
      assert.equal(broadcast.state, 'ended')
      assert.ok(store.streams.get(stream.id)?.stopDate)
    }
    // That of the first is ended by whoever stops it.
    assert.deepEqual(revoked, [second.path, third.path])
    assert.equal(clock.pending, 0)
  })

  test('[PV43] is over after 60 s of silence, and live again when it goes on', async () => {
    const { pass, start, streams } = await setUp()
    const { broadcast, upload } = await start()
    upload(1)
    await pass(1500)
    await pass(57_000)
    assert.equal(broadcast.state, 'live')
    await pass(4000)
    assert.equal(broadcast.state, 'ended')
    assert.equal((await streams.playlistOf(broadcast))?.ended, true)
    upload(2)
    await pass(5500)
    assert.equal(broadcast.state, 'live')
    assert.equal((await streams.playlistOf(broadcast))?.ended, false)
  })

  test('[PV44] goes on through an outage of the storage, which is no silence, and says so', async () => {
    const { pass, start, storage, logger } = await setUp()
    const { broadcast, upload } = await start()
    upload(1)
    await pass(1500)
    storage.isDown = true
    await pass(600_000)
    assert.equal(broadcast.state, 'live')
    assert.deepEqual(broadcast.warnings, ['storage-away'])
    storage.isDown = false
    await pass(31_000)
    assert.deepEqual(broadcast.warnings, [])
    assert.equal(broadcast.state, 'live')
    assert.equal(logger.lines.filter(({ level }) => level === 'warn').length, 1)
  })

  test('[PV45] is looked at every quarter of a segment, and less often when it fails or does not begin', async () => {
    assert.deepEqual([1, 2, 4, 10].map(livePace), [500, 500, 1000, 2000])
    assert.deepEqual([0, 119_000, 121_000].map(waitingPace), [1000, 1000, 5000])
    assert.deepEqual(
      [1, 2, 5, 9, 100].map((failures) => failedPace(failures, 1)),
      [200, 400, 3200, 30_000, 30_000],
    )
    assert.equal(failedPace(9, 0), 15_000)
  })

  test('[PV46] that names something outside of its prefix is not shown, and its broadcast says so', async () => {
    const { pass, start, storage, streams } = await setUp()
    const { broadcast, path, upload } = await start()
    storage.put(`${path}/index.m3u8`, text(1).replace('index0.ts', '../../bert/secret/index0.ts'))
    await pass(2000)
    assert.equal(broadcast.state, 'created')
    assert.deepEqual(broadcast.warnings, ['playlist-refused'])
    assert.equal(await streams.playlistOf(broadcast), undefined)
    upload(1)
    await pass(1500)
    assert.equal(broadcast.state, 'live')
    assert.deepEqual(broadcast.warnings, [])
    storage.put(`${path}/index.m3u8`, text(1).replace('index0.ts', 'https://elsewhere.example.org/a.ts'))
    await pass(1500)
    assert.deepEqual(broadcast.warnings, ['playlist-refused'])
    assert.match((await streams.playlistOf(broadcast))?.write({ isPrivate: false }) ?? '', /index0\.ts/)
  })

  test('[PV47] has its thumb.jpg as its picture, if that is one', async () => {
    const { pass, start, storage } = await setUp()
    const { broadcast, path, upload } = await start()
    storage.put(`${path}/thumb.jpg`, '<script>')
    upload(1)
    await pass(1500)
    const picture = () => broadcast.thumbnail
    assert.equal(picture(), undefined)
    storage.put(`${path}/thumb.jpg`, madeJpeg())
    for (let round = 0; round < 6; round++) {
      await pass(2500)
      upload(2)
    }
    assert.deepEqual(Buffer.from(picture()?.jpeg ?? []), madeJpeg())
    assert.equal(picture()?.version, 1)
  })

  test('[PV48] that never begins is over when its credentials are, and not while there are new ones', async () => {
    const { pass, start, store, streams, clock } = await setUp()
    const { broadcast, stream } = await start()
    clock.advance(HOUR - 60_000)
    await streams.provisioned(stream.id, clock.now() + HOUR)
    await pass(180_000)
    assert.equal(broadcast.state, 'created')
    clock.advance(HOUR)
    await pass(10_000)
    assert.equal(broadcast.state, 'ended')
    assert.ok(store.streams.get(stream.id)?.stopDate)
    assert.equal(clock.pending, 0)
  })

  test('[PV49] goes on after a restart of the server, when there is something new', async () => {
    const rig = await setUp()
    const { pass, start, clock } = rig
    const { broadcast, upload } = await start()
    upload(1)
    await pass(1500)
    await broadcast.stop('shutdown')
    await rig.restart()
    await pass(10_000)
    assert.equal(broadcast.state, 'ended')
    upload(2)
    await pass(1500)
    assert.equal(broadcast.state, 'live')
    rig.streams.close()
    assert.equal(clock.pending, 0)
  })

  test('[PV50] gives way to a publisher that comes through another door', async () => {
    const { pass, start, streams, store } = await setUp()
    const { broadcast, stream, upload } = await start()
    const publisher = new FakeSession('p', 'whip')
    broadcast.attachPublisher(publisher)
    broadcast.publisherConnected(publisher)
    upload(1)
    await pass(2000)
    assert.equal(broadcast.publisher, publisher)
    assert.ok(store.streams.get(stream.id)?.stopDate)
    assert.equal(await streams.playlistOf(broadcast), undefined)
  })

  test('[PV51] nothing of one that could not be provisioned stays', async () => {
    const { start, streams, store, broadcasts } = await setUp()
    const { stream } = await start()
    await streams.discard(stream.id)
    assert.equal(await broadcasts.find(stream.id), undefined)
    assert.equal(store.streams.size, 0)
  })
})

describe('the playlist of a stream in storage', () => {
  test('[PV52] has signed addresses, or those of the public bucket; of a private stream always signed ones', async () => {
    const { pass, start, streams } = await setUp({ publicUrl: 'https://cdn.example.org/live' })
    const { broadcast, path, upload } = await start()
    upload(2)
    await pass(1500)
    const shown = await streams.playlistOf(broadcast)
    assert.equal(shown?.bandwidth, 4000)
    const names = (isPrivate: boolean) =>
      shown
        ?.write({ isPrivate })
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
    assert.deepEqual(names(false), [
      `https://cdn.example.org/live/${path}/index0.ts`,
      `https://cdn.example.org/live/${path}/index1.ts`,
    ])
    assert.deepEqual(names(true), [
      `https://storage.example.org/${path}/index0.ts?signed=3604`,
      `https://storage.example.org/${path}/index1.ts?signed=3604`,
    ])
  })

  test('[PV53] is all of vod.m3u8 when it is over, else what index.m3u8 had last', async () => {
    const { pass, start, streams, storage, clock } = await setUp()
    const { broadcast, path, stream, upload } = await start()
    upload(3)
    await pass(1500)
    await streams.stop(stream.id, clock.now())
    const replay = async () => (await streams.playlistOf(broadcast))?.write({ isPrivate: false }) ?? ''
    assert.match(await replay(), /index2\.ts\?signed=3606\n#EXT-X-ENDLIST\n$/)
    storage.put(`${path}/vod.m3u8`, text(2))
    assert.match(await replay(), /index2\.ts/)
    clock.advance(31_000)
    assert.match(await replay(), /index1\.ts\?signed=3604\n#EXT-X-ENDLIST\n$/)
  })

  test('[PV54] is nobody’s where the broadcast is none of these', async () => {
    const { streams, broadcasts } = await setUp()
    const { broadcast } = await broadcasts.create({})
    assert.equal(await streams.playlistOf(broadcast), undefined)
  })
})
