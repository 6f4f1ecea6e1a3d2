import { cpSync } from 'node:fs'
import path from 'node:path'
import { DiskRecordings } from '../../src/platform/recordings/disk-recordings.ts'
import { Recorder } from '../../src/core/recording/recorder.ts'
import { eventually } from './eventually.ts'
import type { FakeRecordingStore } from './fake-recording-store.ts'
import { recorderRig, settle } from './recorder-rig.ts'
import { SyntheticBroadcast, type SyntheticId } from './synthetic-packager.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type RecordedOptions = {
  ids?: readonly SyntheticId[]
  title?: string
  /** Hands over the media; 5 s without it. */
  play?: (publisher: SyntheticBroadcast) => void | Promise<void>
  /** Leaves it as a crash would. */
  crash?: boolean
  /** Still being recorded. */
  live?: boolean
  store?: FakeRecordingStore
}

/** A recording of synthetic media on the real disk. */
export async function recorded({
  ids = ['v0', 'a0'],
  title = 'A talk',
  play,
  crash = false,
  live = false,
  store,
}: RecordedOptions = {}) {
  const folder = temporaryFolder()
  const rig = { ...recorderRig(), ...(store && { store }) }
  const storage = await DiskRecordings.open(folder.file('recordings'))
  const recorder = new Recorder({ ...rig, storage, minFree: 0 })
  const publisher = await SyntheticBroadcast.make(ids, rig.clock.now())
  const recording = recorder.begin({ broadcastId: 'b1', title })
  for (const rendition of publisher.renditions) recording.add(rendition)
  if (play) await play(publisher)
  else publisher.play(5)
  await eventually(
    () => recording.queued === 0,
    () => 'the queue does not become empty',
  )
  const { id } = recording
  const file = (name: string) => path.join(storage.folder(id), name)
  const crashed = folder.file('crashed')
  if (crash) cpSync(folder.file('recordings'), crashed, { recursive: true })
  if (!live) await recorder.close()
  await settle()
  return {
    ...rig,
    ...{ id, folder, publisher, recording, recorder },
    storage: crash ? await DiskRecordings.open(crashed) : storage,
    file: crash ? (name: string) => path.join(crashed, id, name) : file,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}
