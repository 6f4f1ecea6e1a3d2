import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recorderRig, settle } from '../../../test/support/recorder-rig.ts'
import { SyntheticBroadcast } from '../../../test/support/synthetic-packager.ts'
import type { LiveRecording } from './live-recording.ts'

async function setUp(options: Parameters<typeof recorderRig>[0] = {}) {
  const rig = recorderRig(options)
  const publisher = await SyntheticBroadcast.make(['v0', 'a0'], rig.clock.now())
  const recording = rig.recorder.begin({ broadcastId: 'b1', title: 'A talk' })
  for (const rendition of publisher.renditions) recording.add(rendition)
  return { ...rig, publisher, recording }
}

const journalOf = (recording: LiveRecording, id: string) => {
  const journal = recording.journals.find((one) => one.id === id)
  assert.ok(journal, `no journal of ${id}`)
  return journal
}
const segmentsOf = (recording: LiveRecording, id = 'v0') => journalOf(recording, id).segments

describe('a recorder', () => {
  test('[RC4] parts are written as they come; a segment is in the journal once it is whole', async () => {
    const { publisher, recording, storage, store } = await setUp()
    publisher.play(5)
    await settle()

    assert.equal(recording.queued, 0)
    assert.deepEqual(
      segmentsOf(recording).map(({ number, period, startedAt }) => ({ number, period, startedAt })),
      [0, 1].map((number) => ({ number, period: 0, startedAt: recording.startedAt + number * 2000 })),
    )
    const [first, second] = segmentsOf(recording)
    assert.equal(second?.offset, (first?.offset ?? 0) + (first?.size ?? 0))
    assert.ok(Math.abs((first?.duration ?? 0) - 2) < 0.001)
    assert.equal(journalOf(recording, 'v0').begun?.number, 2)
    assert.equal(store.records.get(recording.id)?.state, 'recording')

    await recording.end()
    await settle()
    assert.equal(segmentsOf(recording).length, 3)
    const row = store.records.get(recording.id)
    assert.equal(row?.state, 'ready')
    assert.deepEqual(row.codecs, ['avc1.42c015', 'opus'])
    assert.ok(Math.abs(row.duration - 5) < 0.3, String(row.duration))
    assert.equal(row.truncated, false)
    assert.equal(storage.manifests.get(recording.id)?.state, 'ready')
  })

  test('[RC5] a rendition that is added in the middle of a segment is recorded from its beginning', async () => {
    const rig = recorderRig()
    const publisher = await SyntheticBroadcast.make(['v0'], rig.clock.now())
    publisher.play(0.6)
    const recording = rig.recorder.begin({ broadcastId: 'b1', title: '' })
    for (const rendition of publisher.renditions) recording.add(rendition)
    publisher.play(2)
    publisher.play(2)
    await recording.end()

    const [first] = segmentsOf(recording)
    assert.equal(first?.startedAt, recording.startedAt)
    assert.equal(recording.truncated, false)
  })

  test('[RC6] a gap of the publisher is a new period in every rendition of the same recording', async () => {
    const { publisher, recording } = await setUp()
    publisher.play(5)
    publisher.gap(20)
    publisher.play(4)
    await publisher.changePicture()
    publisher.play(3)
    await recording.end()

    for (const id of ['v0', 'a0']) {
      const periods = segmentsOf(recording, id).map(({ period }) => period)
      assert.deepEqual([...new Set(periods)], [0, 1, 2], id)
    }
    assert.deepEqual(
      journalOf(recording, 'v0').initializations.map(({ file, width }) => [file, width]),
      [
        [0, 320],
        [1, 180],
      ],
    )
    assert.equal(recording.truncated, false)
  })

  test('[RC7] a segment that a rendition could not make leaves its place empty', async () => {
    const { publisher, recording } = await setUp()
    publisher.play(5)
    publisher.miss('v0')
    publisher.play(4)
    await recording.end()

    const gaps = segmentsOf(recording).filter(({ missing }) => missing)
    assert.equal(gaps.length, 1)
    assert.equal(gaps[0]?.size, 0)
    assert.deepEqual(new Set(segmentsOf(recording).map(({ period }) => period)), new Set([0]))
    assert.equal(recording.truncated, false)
  })

  test('[RC8] a disk that is too slow costs the recording its queue, and the publisher nothing', async () => {
    const { publisher, recording, storage, recorder, logger } = await setUp({ maxQueue: 200_000 })
    const { promise, resolve } = Promise.withResolvers<undefined>()
    storage.gate = promise
    publisher.play(30) // returns although nothing can be written
    await settle()

    assert.ok(recorder.status.queued <= 200_000)
    assert.ok(recorder.status.dropped > 1_000_000)
    assert.equal(recording.truncated, true)
    assert.equal(logger.lines.filter(({ message }) => /too slow/.test(message)).length, 1)

    storage.gate = undefined
    resolve(undefined)
    await settle()
    publisher.play(5)
    await recording.end()
    const segments = segmentsOf(recording)
    assert.deepEqual([...new Set(segments.map(({ period }) => period))], [0, 1])
    const resumed = segments.find(({ period }) => period === 1)
    assert.equal(((resumed?.startedAt ?? 0) - recording.startedAt) % 2000, 0) // where a segment begins
    assert.equal(recorder.status.queued, 0)
    assert.ok(recorder.status.dropped > 1_000_000) // still counted
  })

  test('[RC9] a full disk pauses the recording, says so once, and goes on when there is room', async () => {
    const { publisher, recording, storage, store, logger, clock } = await setUp()
    storage.left = 300_000
    publisher.play(10)
    await settle()
    assert.equal(recording.truncated, true)
    assert.equal(store.records.get(recording.id)?.truncated, true)
    publisher.play(10)
    await settle()
    assert.equal(logger.lines.filter(({ message }) => /disk is full/.test(message)).length, 1)

    storage.left = 1e9
    clock.advance(2000)
    await settle()
    publisher.play(6)
    await recording.end()
    const segments = segmentsOf(recording)
    assert.deepEqual([...new Set(segments.map(({ period }) => period))], [0, 1])
    assert.equal(logger.lines.filter(({ message }) => /room again/.test(message)).length, 1)
    assert.equal(recording.record.state, 'ready')
  })

  test('[RC10] recordings leave the free space that they are told to leave', async () => {
    const { publisher, recording, storage, recorder, clock } = await setUp({ minFree: 1_000_000 })
    await settle()
    publisher.play(4)
    await settle()
    storage.left = 999_999
    clock.advance(2000)
    await settle()
    assert.equal(recorder.status.full, true)
    publisher.play(10)
    await recording.end()

    assert.equal(recording.truncated, true)
    assert.ok(storage.left > 900_000)
    const end = segmentsOf(recording).at(-1)
    assert.ok((end?.startedAt ?? 0) + (end?.duration ?? 0) * 1000 < recording.startedAt + 6000)
  })

  test('[RC11] while the database is down recordings go on, and it hears of them afterwards', async () => {
    const rig = recorderRig()
    rig.store.failure = new Error('down')
    const publisher = await SyntheticBroadcast.make(['v0'], rig.clock.now())
    const recording = rig.recorder.begin({ broadcastId: 'b1', title: '' })
    for (const rendition of publisher.renditions) recording.add(rendition)
    publisher.play(5)
    await recording.end()
    await settle()
    assert.equal(rig.store.records.size, 0)

    rig.store.failure = undefined
    rig.clock.advance(1000)
    await settle()
    assert.equal(rig.store.records.get(recording.id)?.state, 'ready')
    await rig.recorder.close()
  })

  test('[RC12] a broadcast without media leaves nothing behind', async () => {
    const { recording, recorder, store, storage } = await setUp()
    await recording.end()
    await recorder.close()
    assert.equal(store.records.size, 0)
    assert.equal(storage.manifests.size, 0)
  })

  test('[RC13] each run is a recording of its own; their ids are in the order of time', async () => {
    const { recorder, clock, recording } = await setUp()
    clock.advance(60_000)
    const second = recorder.begin({ broadcastId: 'b1', title: '' })
    clock.advance(1)
    const other = recorder.begin({ broadcastId: 'b2', title: '' })
    await settle()

    assert.ok(recording.id < second.id && second.id < other.id)
    assert.equal(recorder.live(recording.id), undefined) // ended by the one after it
    assert.deepEqual(recorder.liveOf('b1'), [second])
    await recorder.close()
  })

  test('[RC14] a disk that fails costs one recording; the log says why', async () => {
    const { publisher, recording, storage, logger } = await setUp()
    publisher.play(4)
    await settle()
    storage.failure = new Error('EIO')
    publisher.play(4)
    await settle()
    storage.failure = undefined
    publisher.play(4)
    await recording.end()

    assert.equal(recording.record.state, 'ready')
    assert.equal(recording.truncated, true)
    assert.ok(
      logger.lines.some(({ level, message }) => level === 'error' && /cannot be written/.test(message)),
    )
  })

  test('[RC15] the id of a rendition is never a path', async () => {
    const { recording, publisher } = await setUp()
    const [rendition] = publisher.renditions
    assert.ok(rendition)
    for (const id of ['../v0', 'v0/x', '', 'V0', 'a0.journal'])
      assert.throws(() => {
        const { kind, codec, partTarget } = rendition
        recording.add({ id, kind, codec, partTarget, read: () => () => undefined })
      }, TypeError)
  })
})
