import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { recorded } from '../../../test/support/recorded.ts'
import { recorderRig } from '../../../test/support/recorder-rig.ts'
import { assertDecodes, writePlaylists } from '../../../test/support/recording-crash.ts'
import { SyntheticBroadcast } from '../../../test/support/synthetic-packager.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { journalText, readJournal } from '../../core/recording/journal.ts'
import { Recorder } from '../../core/recording/recorder.ts'
import { DiskRecordings } from './disk-recordings.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const NEVER = new AbortController().signal

describe('recordings on the disk', () => {
  test('[RC31] media files only grow: an initialization, then every part; each hash is that of its bytes', async () => {
    using made = await recorded({
      play: async (publisher) => {
        publisher.play(5)
        publisher.gap(10)
        publisher.play(3)
        await publisher.changePicture()
        publisher.play(3)
      },
    })
    const stored = await made.storage.read(made.id)
    assert.deepEqual(stored?.manifest, {
      ...{ id: made.id, broadcastId: 'b1', title: 'A talk', state: 'ready', truncated: false },
      ...{ startedAt: made.recording.startedAt, endedAt: made.recording.record.endedAt },
    })
    assert.deepEqual(stored.renditions, made.recording.journals)
    for (const { id, segments, initializations } of stored.renditions)
      for (const { file, size } of initializations) {
        const bytes = readFileSync(made.file(`${id}-${file}.mp4`))
        assert.equal(bytes.toString('latin1', 4, 8), 'ftyp')
        let end = size
        for (const segment of segments.filter((one) => one.file === file)) {
          assert.equal(segment.offset, end)
          end += segment.size
          assert.equal(segment.sha256, sha256(bytes.subarray(segment.offset, end)))
        }
        assert.equal(end, bytes.length)
      }
    assert.equal(await made.storage.usage(made.id), folderSize(made.file('.')))
    await assertDecodes(made.file('v0-1.mp4'))
  })

  test('[RC32] wherever media and journal are torn, what is whole is kept, and once', async () => {
    using made = await recorded({ crash: true })
    const media = readFileSync(made.file('v0-0.mp4'))
    const journal = readFileSync(made.file('v0.journal'))
    const known = new Set(fragmentEnds(media))
    for (let run = 0; run < 120; run++) {
      const mediaSize = Math.floor((run / 120) * media.length)
      const journalSize = run % 3 === 0 ? journal.length : Math.floor(Math.random() * journal.length)
      writeFileSync(made.file('v0-0.mp4'), media.subarray(0, mediaSize))
      writeFileSync(made.file('v0.journal'), journal.subarray(0, journalSize))
      const first = (await made.storage.recover(made.id, NEVER))?.renditions.find(({ id }) => id === 'v0')
      if (!first) {
        assert.ok(!existsSync(made.file('v0-0.mp4')), 'what no journal explains is swept away')
        continue
      }
      const size = statSync(made.file('v0-0.mp4')).size
      const last = first.segments.at(-1)
      assert.equal((last?.offset ?? 0) + (last?.size ?? 0), size)
      assert.ok(known.has(size), `${size} is inside a fragment`)
      assert.equal(
        size,
        Math.max(...[...known].filter((end) => end <= mediaSize)),
        'no whole fragment is lost',
      )
      assert.deepEqual(readJournal(readFileSync(made.file('v0.journal'), 'utf8')), first)
      assert.deepEqual((await made.storage.recover(made.id, NEVER))?.renditions, [
        first,
        ...((await made.storage.read(made.id))?.renditions.filter(({ id }) => id !== 'v0') ?? []),
      ])
      if (run % 40 === 39) await assertDecodes(made.file('v0-0.mp4'))
    }
  })

  test('[RC33] bytes that are not those that were written are left out; the recording is truncated', async () => {
    using made = await recorded({ crash: true, play: (publisher) => publisher.play(7) })
    const [, second] = made.recording.journals.find(({ id }) => id === 'v0')?.segments ?? []
    assert.ok(second)
    const bytes = readFileSync(made.file('v0-0.mp4'))
    bytes.fill(0, second.offset + 1000, second.offset + 2000)
    writeFileSync(made.file('v0-0.mp4'), bytes)

    const recovered = await made.storage.recover(made.id, NEVER)
    assert.equal(recovered?.manifest.truncated, true)
    const [video] = recovered.renditions
    assert.deepEqual(
      video?.segments.map(({ missing }) => missing),
      [undefined, true, undefined, undefined],
    )
    await made.storage.save({ ...recovered.manifest, state: 'ready' })
    const playlist = readFileSync(
      await writePlaylists(made.storage, made.id).then(() => made.file('v0.m3u8')),
      'utf8',
    )
    assert.match(playlist, /#EXT-X-GAP\n#EXT-X-BYTERANGE:/)
  })

  test('[RC33] zeros at the end, as after a power cut, are cut off', async () => {
    using made = await recorded({ crash: true })
    const bytes = readFileSync(made.file('v0-0.mp4'))
    bytes.fill(0, bytes.length - 30_000)
    writeFileSync(made.file('v0-0.mp4'), bytes)
    await made.storage.recover(made.id, NEVER)

    assert.ok(statSync(made.file('v0-0.mp4')).size <= bytes.length - 30_000)
    await assertDecodes(made.file('v0-0.mp4'))
  })

  test('[RC34] a journal that was rewritten says the same', async () => {
    using made = await recorded({ play: (publisher) => publisher.play(9) })
    for (const journal of made.recording.journals)
      assert.deepEqual(readJournal(journalText(journal)), { ...journal, begun: undefined })
    assert.equal(readJournal(''), undefined)
    assert.equal(readJournal('{"rendition":'), undefined)
    assert.equal(readJournal('null\n'), undefined)
  })

  test('[RC35] only ids of recordings are folders; what was half removed is swept away', async () => {
    using folder = temporaryFolder()
    const gone = folder.file('000000000-a.removed')
    mkdirSync(gone, { recursive: true })
    mkdirSync(folder.file('lost+found'))
    const storage = await DiskRecordings.open(folder.path)
    assert.ok(!existsSync(gone))
    assert.deepEqual(await storage.ids(), [])
    for (const id of ['../etc', '000000000-../x', '', 'lost+found', '000000000-a/b'])
      assert.throws(() => storage.folder(id), RangeError)
    assert.equal(await storage.manifest('../etc'), undefined)
  })

  test('[RC22] files can be removed while somebody reads them', async () => {
    using made = await recorded()
    const { open } = await import('node:fs/promises')
    await using reader = await open(made.file('v0-0.mp4'))
    await made.storage.remove(made.id)
    assert.ok((await reader.read(Buffer.alloc(1000), 0, 1000, 5000)).bytesRead > 0)
    assert.deepEqual(await made.storage.ids(), [])
    await made.storage.remove(made.id)
  })
})

/** Where fragments end, and the initialization. */
function fragmentEnds(media: Buffer): number[] {
  const ends: number[] = []
  for (let offset = 0; offset + 8 <= media.length; offset += media.readUInt32BE(offset)) {
    const type = media.toString('latin1', offset + 4, offset + 8)
    if (type === 'moov' || type === 'mdat') ends.push(offset + media.readUInt32BE(offset))
  }
  return ends
}

function folderSize(folder: string): number {
  const { stdout } = spawnSync('find', [folder, '-type', 'f', '-printf', '%s\n'], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .reduce((sum, size) => sum + Number(size), 0)
}

describe(
  'a disk that becomes full',
  { skip: process.getuid?.() !== 0 && 'needs root to mount a file system' },
  () => {
    const SIZE = 24 * 1024 * 1024
    let folder: ReturnType<typeof temporaryFolder>
    before(() => {
      folder = temporaryFolder()
      const { status, stderr } = spawnSync(
        'mount',
        ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder.path],
        {
          encoding: 'utf8',
        },
      )
      assert.equal(status, 0, stderr)
    })
    after(() => {
      spawnSync('umount', [folder.path])
      folder[Symbol.dispose]()
    })

    test('[RC36] the recording pauses at the last byte, goes on when there is room, and all of it plays', async () => {
      const rig = recorderRig()
      const storage = await DiskRecordings.open(folder.file('recordings'))
      const recorder = new Recorder({ ...rig, storage, minFree: 0 })
      const ballast = folder.file('ballast')
      writeFileSync(ballast, Buffer.alloc((await storage.free()) - 1_500_000))
      const publisher = await SyntheticBroadcast.make(['v0', 'a0'], rig.clock.now())
      const recording = recorder.begin({ broadcastId: 'b1', title: '' })
      for (const rendition of publisher.renditions) recording.add(rendition)
      const written = () =>
        eventually(
          () => recording.queued === 0,
          () => 'the queue does not become empty',
        )
      publisher.play(30)
      await written()
      assert.equal(recorder.status.full, true)
      assert.equal(recording.truncated, true)
      assert.ok((await storage.free()) < 100_000)
      publisher.play(10)
      await written()

      truncateSync(ballast, 0)
      rig.clock.advance(1500)
      await eventually(
        () => !recorder.status.full,
        () => 'nobody noticed that there is room',
      )
      publisher.play(10)
      await recorder.close()

      assert.equal(rig.logger.lines.filter(({ message }) => /disk is full/.test(message)).length, 1)
      const stored = await storage.read(recording.id)
      assert.deepEqual([stored?.manifest.state, stored?.manifest.truncated], ['ready', true])
      for (const { id, segments } of stored?.renditions ?? []) {
        assert.deepEqual([...new Set(segments.map(({ period }) => period))], [0, 1], id)
        const bytes = readFileSync(path.join(storage.folder(recording.id), `${id}-0.mp4`))
        for (const { offset, size, sha256: hash } of segments)
          assert.equal(sha256(bytes.subarray(offset, offset + size)), hash)
      }
      await assertDecodes(await writePlaylists(storage, recording.id))
    })
  },
)
