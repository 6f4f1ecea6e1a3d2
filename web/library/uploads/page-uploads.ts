import { useSyncExternalStore } from 'react'
import { openTusTransfer } from './tus-transfer.ts'
import { UploadQueue, type UploadRow } from './upload-queue.ts'

/** The uploads of this tab. They outlive the page that shows them. */
export const uploads = new UploadQueue({ open: openTusTransfer })

/** Uploads as they are now. */
export function useUploads(): readonly UploadRow[] {
  return useSyncExternalStore(uploads.subscribe, uploads.rows)
}

// Leaving would only interrupt them, yet few people know.
addEventListener('beforeunload', (event) => {
  if (uploads.rows().some(({ state }) => state === 'running' || state === 'waiting')) event.preventDefault()
})
