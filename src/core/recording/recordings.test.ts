import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recorderRig, settle } from '../../../test/support/recorder-rig.ts'
import { SyntheticBroadcast } from '../../../test/support/synthetic-packager.ts'
import { chooseExpired } from './choose-expired.ts'
import type { RecordingRecord } from './recording-store.ts'
import { Recordings } from './recordings.ts'

const DAY = 24 * 3_600_000
const FOR_EVER = { maxAge: Infinity, maxBytes: Infinity }
type Rig = ReturnType<typeof recorderRig>

const recordOf = (id: string, changes: Partial<RecordingRecord> = {}): RecordingRecord => ({
  ...{ id, broadcastId: 'b1', title: '', startedAt: 1, endedAt: 2, state: 'ready', duration: 1, size: 1 },
  ...{ truncated: false, codecs: ['opus'] },
  ...changes,
})

/** A recording of some seconds, as a server leaves it behind. */
async function record(rig: Rig, { broadcastId = 'b1', crash = false } = {}): Promise<string> {
  const publisher = await SyntheticBroadcast.make(['v0'], rig.clock.now())
  const recording = rig.recorder.begin({ broadcastId, title: 'A talk' })
  for (const rendition of publisher.renditions) recording.add(rendition)
  publisher.play(5)
  await settle()
  if (!crash) await recording.end()
  await settle()
  return recording.id
}

/** What a new process finds. */
function restarted(rig: Rig, limits = FOR_EVER, release?: (id: string) => Promise<void>): Recordings {
  const { recorder } = recorderRig()
  return new Recordings({ ...rig, recorder, limits, ...(release && { release }) })
}

describe('recordings after a restart', () => {
  test('[RC20] what a crash left unfinished is finished: database and disk agree', async () => {
    const rig = recorderRig()
    const id = await record(rig, { crash: true })
    assert.equal(rig.store.records.get(id)?.state, 'recording')

    const recordings = restarted(rig)
    await recordings.recovered
    const row = await recordings.get(id)
    assert.equal(row.state, 'ready')
    assert.ok(row.duration > 4)
    assert.ok((row.endedAt ?? 0) > row.startedAt + 4000)
    assert.equal(rig.storage.manifests.get(id)?.state, 'ready')
    await recordings.close()
  })

  test('[RC20] a recording that the database never heard of is told to it', async () => {
    const rig = recorderRig()
    const id = await record(rig)
    rig.store.records.clear()

    const recordings = restarted(rig)
    await recordings.recovered
    const { state, title, broadcastId, duration } = await recordings.get(id)
    assert.deepEqual([state, title, broadcastId], ['ready', 'A talk', 'b1'])
    assert.ok(duration > 4)
    await recordings.close()
  })

  test('[RC20] a recording whose files are gone has failed; when they are back, it is ready again', async () => {
    const rig = recorderRig()
    const id = await record(rig)
    const manifest = rig.storage.manifests.get(id)
    assert.ok(manifest)
    rig.storage.manifests.delete(id)
    const without = restarted(rig)
    await without.recovered
    assert.equal((await without.get(id)).state, 'failed')
    await without.close()

    rig.storage.manifests.set(id, manifest)
    const again = restarted(rig)
    await again.recovered
    assert.equal((await again.get(id)).state, 'ready')
    await again.close()
  })

  test('[RC20] a recording that had not received anything is removed', async () => {
    const rig = recorderRig()
    const { id } = rig.recorder.begin({ broadcastId: 'b1', title: '' })
    await rig.storage.save({
      ...{ id, broadcastId: 'b1', title: '', startedAt: 1, endedAt: null },
      ...{ state: 'recording', truncated: false },
    })
    await settle()

    const recordings = restarted(rig)
    await recordings.recovered
    assert.equal(rig.store.records.size, 0)
    assert.equal(rig.storage.manifests.size, 0)
    await recordings.close()
  })

  test('[RC21] what is being recorded meanwhile is left alone', async () => {
    const rig = recorderRig()
    const recordings = new Recordings({ ...rig, limits: FOR_EVER })
    const id = await record(rig, { crash: true })
    await recordings.recovered
    assert.equal((await recordings.get(id)).state, 'recording')
    assert.equal(rig.storage.removed.length, 0)
    await recordings.close()
  })
})

describe('removing recordings', () => {
  test('[RC22] it goes with its files; whoever uses them lets go first', async () => {
    const rig = recorderRig()
    const id = await record(rig)
    const released: string[] = []
    const recordings = restarted(rig, FOR_EVER, async (one) => {
      released.push(one)
      assert.equal(rig.storage.removed.length, 0)
    })
    await recordings.recovered
    assert.ok((await recordings.journals(id)).length > 0)
    await Promise.all([recordings.remove(id), recordings.remove(id)])

    assert.deepEqual(released, [id])
    assert.deepEqual(rig.storage.removed, [id])
    await assert.rejects(recordings.get(id), { code: 'recording-not-found' })
    await assert.rejects(recordings.journals(id), { code: 'recording-not-found' })
    await recordings.close()
  })

  test('[RC23] what is still being recorded is not removed', async () => {
    const rig = recorderRig()
    const recordings = new Recordings({ ...rig, limits: FOR_EVER })
    await recordings.recovered
    const id = await record(rig, { crash: true })
    await assert.rejects(recordings.remove(id), { code: 'recording-not-ready' })
    await recordings.close()
  })

  test('[RC24] when a broadcast is removed its recordings go too, also the one that just ends', async () => {
    const rig = recorderRig()
    const recordings = new Recordings({ ...rig, limits: FOR_EVER })
    await recordings.recovered
    await record(rig)
    await record(rig, { crash: true })
    const kept = await record(rig, { broadcastId: 'b2' })
    await recordings.removeAllOf('b1')

    assert.deepEqual([...rig.store.records.keys()], [kept])
    assert.equal(rig.storage.removed.length, 2)
    await recordings.close()
  })
})

describe('retention', () => {
  test('[RC25] those that are too old go, then the oldest until the rest fits', () => {
    const keepable = [1, 2, 3, 4].map((day) => ({ id: `r${day}`, endedAt: day * DAY, bytes: 100 }))
    const choose = (limits: { maxAge: number; maxBytes: number }) =>
      chooseExpired(keepable, limits, 5 * DAY).toSorted()
    assert.deepEqual(choose(FOR_EVER), [])
    assert.deepEqual(choose({ maxAge: 2.5 * DAY, maxBytes: Infinity }), ['r1', 'r2'])
    assert.deepEqual(choose({ maxAge: Infinity, maxBytes: 250 }), ['r1', 'r2'])
    assert.deepEqual(choose({ maxAge: 3.5 * DAY, maxBytes: 100 }), ['r1', 'r2', 'r3'])
    assert.deepEqual(choose({ maxAge: Infinity, maxBytes: 99 }), ['r1', 'r2', 'r3', 'r4'])
  })

  test('[RC26] it is looked after at the start and every hour, and never touches what is unfinished', async () => {
    const rig = recorderRig()
    const now = rig.clock.now()
    for (const [id, age] of Object.entries({ old: 3 * DAY, new: DAY })) {
      await rig.store.save(recordOf(id, { startedAt: now - age, endedAt: now - age }))
      await rig.storage.save({ ...recordOf(id), endedAt: now - age })
    }
    const live = await record(rig, { crash: true })
    await rig.store.save({ ...rig.store.records.get(live)!, startedAt: now - 10 * DAY })
    const recordings = new Recordings({ ...rig, limits: { maxAge: 2 * DAY, maxBytes: Infinity } })
    await recordings.recovered
    assert.deepEqual([...rig.store.records.keys()].toSorted(), [live, 'new'].toSorted())

    rig.clock.advance(DAY + 3_600_000)
    await settle()
    assert.deepEqual([...rig.store.records.keys()], [live])
    await recordings.close()
    assert.equal(rig.clock.pending, 1) // of the recorder, which still looks for room
  })

  test('[RC26] size is that of all files of a recording', async () => {
    const rig = recorderRig()
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await rig.store.save(recordOf(id, { startedAt: index, endedAt: index + 1 }))
      await rig.storage.save({ ...recordOf(id), endedAt: index + 1 })
      rig.storage.usages.set(id, 400)
    }
    const recordings = restarted(rig, { maxAge: Infinity, maxBytes: 1000 })
    await recordings.recovered
    assert.deepEqual(rig.storage.removed, ['a'])
    await recordings.close()
  })
})
