import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { mediaPlaylist, multivariantPlaylist } from '../../src/core/recording/playlists.ts'
import { Recordings } from '../../src/core/recording/recordings.ts'
import { factsOf } from '../../src/core/recording/recording-facts.ts'
import { DiskRecordings } from '../../src/platform/recordings/disk-recordings.ts'
import { recorderRig } from './recorder-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

const WRITER = path.join(import.meta.dirname, 'recording-writer.ts')
/** Seconds of media that the writer hands over each second. */
const SPEED = 8

/** Decodes everything; what ffmpeg complains about fails the test. */
export async function assertDecodes(input: string): Promise<void> {
  const isPlaylist = input.endsWith('.m3u8')
  const args = [
    ...(isPlaylist ? ['-allowed_extensions', 'ALL'] : []),
    // Times as they are: pictures of a camera do not come at a fixed rate.
    ...['-i', input, '-map', '0:v?', '-map', '0:a?', '-fps_mode', 'passthrough', '-enc_time_base', '-1'],
    ...['-f', 'null', '-'],
  ]
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(ffmpeg, 'exit')
  assert.equal(await text(ffmpeg.stderr), '')
  assert.deepEqual(await exited, [0, null])
}

/** Puts the playlists beside the media files, as the server would answer them. */
export async function writePlaylists(storage: DiskRecordings, id: string): Promise<string> {
  const stored = await storage.read(id)
  assert.ok(stored)
  const { renditions } = stored
  for (const rendition of renditions)
    writeFileSync(
      path.join(storage.folder(id), `${rendition.id}.m3u8`),
      mediaPlaylist(rendition, { renditions, finished: true }),
    )
  const index = path.join(storage.folder(id), 'index.m3u8')
  writeFileSync(index, multivariantPlaylist(renditions))
  return index
}

/** A process that records is killed at any point; what it had written is finished by the next and plays. */
export async function proveThatACrashLosesLittle(): Promise<void> {
  using folder = temporaryFolder()
  const progress = folder.file('progress')
  writeFileSync(progress, '')
  const root = folder.file('recordings')
  const writer = spawn(process.execPath, [WRITER, root, progress, String(SPEED)], { stdio: 'inherit' })
  const exited = once(writer, 'exit')
  while (readFileSync(progress).length === 0 && writer.exitCode === null) await sleep(20)
  await sleep(Math.random() * 2500)
  writer.kill('SIGKILL')
  await exited
  const handed = Number(readFileSync(progress, 'utf8').trim().split('\n').at(-1))

  const storage = await DiskRecordings.open(root)
  const rig = recorderRig()
  const recordings = new Recordings({
    ...{ ...rig, storage, recorder: rig.recorder },
    limits: { maxAge: Infinity, maxBytes: Infinity },
  })
  await recordings.recovered
  await recordings.close()
  const errors = rig.logger.lines.filter(({ level }) => level === 'error')
  assert.deepEqual(errors, [])

  const [id = ''] = readdirSync(root)
  const row = rig.store.records.get(id)
  assert.equal(row?.state, 'ready')
  assert.equal(row.truncated, false)
  const renditions = (await storage.read(id))?.renditions ?? []
  assert.deepEqual(
    renditions.map((rendition) => rendition.id),
    ['v0', 'a0'],
  )
  for (const rendition of renditions) {
    const { duration } = factsOf([rendition])
    assert.ok(duration >= handed - 1, `${rendition.id} has ${duration} s of ${handed} s`)
    assert.ok(duration <= handed + 1, `${rendition.id} has ${duration} s of ${handed} s`)
    await assertDecodes(path.join(storage.folder(id), `${rendition.id}-0.mp4`))
  }
  await assertDecodes(await writePlaylists(storage, id))
}
