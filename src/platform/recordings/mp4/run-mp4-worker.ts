import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { BroadcastError } from '../../../core/errors.ts'
import type { Mp4Outcome } from './mp4-worker.ts'
import type { Mp4Job } from './write-mp4.ts'

const ENTRY = new URL(`./mp4-worker${path.extname(import.meta.filename)}`, import.meta.url)
/** Megabytes for the index of one MP4, which grows by some 60 with each hour; media passes through. */
const MAX_HEAP = 2048

/** Writes it in a thread of its own, which dies with the signal. */
export function runMp4Worker(job: Mp4Job, signal: AbortSignal): Promise<void> {
  const worker = new Worker(ENTRY, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP } })
  return new Promise((resolve, reject) => {
    const abort = () => void worker.terminate()
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', ({ failed }: Mp4Outcome) => {
      if (!failed) resolve()
      else if (failed.code === 'ENOSPC')
        reject(new BroadcastError('no-space', 'there is no room on the disk'))
      else reject(new Error(failed.message))
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', abort)
      reject(new Error(signal.aborted ? 'given up' : 'the thread ended without a word'))
    })
  })
}
