/** Entry of the thread that writes an MP4, beside whatever is live. */
import os from 'node:os'
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { codeOf } from '../disk-errors.ts'
import { type Mp4Job, writeMp4 } from './write-mp4.ts'

/** How it ended; an error by its code and text, for they are all that another thread can use. */
export type Mp4Outcome = { readonly failed?: { readonly code: string | undefined; readonly message: string } }

// On Linux this is the thread's own priority, elsewhere it would be that of the whole server.
if (process.platform === 'linux') os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL)

function report(outcome: Mp4Outcome): void {
  parentPort?.postMessage(outcome)
}

try {
  await writeMp4(workerData as Mp4Job)
  report({})
} catch (error) {
  report({ failed: { code: codeOf(error), message: String(error) } })
}
