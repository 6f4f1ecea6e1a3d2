/** A process that records a synthetic broadcast until it is killed: root, file of progress, speed. */
import { openSync, writeSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Recorder } from '../../src/core/recording/recorder.ts'
import { NodeSecrets } from '../../src/platform/node-secrets.ts'
import { DiskRecordings } from '../../src/platform/recordings/disk-recordings.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeRecordingStore } from './fake-recording-store.ts'
import { SyntheticBroadcast } from './synthetic-packager.ts'

const [root = '', progress = '', speed = '1'] = process.argv.slice(2)
const publisher = await SyntheticBroadcast.make()
const recorder = new Recorder({
  storage: await DiskRecordings.open(root),
  store: new FakeRecordingStore(),
  secrets: new NodeSecrets(),
  clock: systemClock,
  logger: new FakeLogger(),
  minFree: 0,
})
const recording = recorder.begin({ broadcastId: 'b1', title: 'Killed' })
for (const rendition of publisher.renditions) recording.add(rendition)
const file = openSync(progress, 'a')
let before = performance.now()
for (;;) {
  await sleep(10)
  const now = performance.now()
  publisher.play(((now - before) / 1000) * Number(speed))
  before = now
  if (publisher.handed > 1) writeSync(file, `${publisher.handed}\n`)
}
