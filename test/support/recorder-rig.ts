import { setImmediate } from 'node:timers/promises'
import { Recorder } from '../../src/core/recording/recorder.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeRecordingStorage } from './fake-recording-storage.ts'
import { FakeRecordingStore } from './fake-recording-store.ts'
import { FakeSecrets } from './fake-secrets.ts'

/** A recorder over a disk and a database in memory. */
export function recorderRig({ minFree = 0, maxQueue = 1e9 } = {}) {
  const clock = new FakeClock()
  const logger = new FakeLogger()
  const storage = new FakeRecordingStorage()
  const store = new FakeRecordingStore()
  const parts = { clock, logger, storage, store, secrets: new FakeSecrets() }
  const recorder = new Recorder({ ...parts, minFree, maxQueue })
  return { ...parts, recorder }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}
