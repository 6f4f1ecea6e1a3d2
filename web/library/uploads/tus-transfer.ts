import type { HttpResponse, Upload } from 'tus-js-client'
import { onServer } from '../../server-address.ts'
import { texts } from './texts.ts'
import type { Transfer, TransferListeners } from './upload-queue.ts'

/** Small enough for the proxies in front of many servers; what is refused half-way is heard after at most this. */
const CHUNK = 16 * 1024 * 1024
const RETRY_AFTER = [0, 1000, 2000, 4000, 8000, 15_000, 30_000]

/** Brings a file to the server by tus; one that was begun earlier, even before a reload, goes on. */
export function openTusTransfer(file: File, listeners: TransferListeners): Transfer {
  let upload: Promise<Upload> | undefined
  /** What was asked for last: the library that does it is loaded meanwhile. */
  let wanted: 'running' | 'paused' | 'cancelled' = 'paused'

  async function open(): Promise<Upload> {
    const tus = await import('tus-js-client')
    const opened = new tus.Upload(file, {
      endpoint: onServer('api/uploads/').href,
      chunkSize: CHUNK,
      retryDelays: RETRY_AFTER,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name },
      onProgress: (sent) => listeners.onProgress(sent),
      onSuccess: ({ lastResponse }) => listeners.onDone(itemIn(lastResponse.getHeader('content-location'))),
      onError: (error) => listeners.onFailed(problemIn(error)),
      onShouldRetry: (error) => isWorthRetrying(error.originalResponse?.getStatus() ?? 0),
    })
    const [earlier] = await opened.findPreviousUploads()
    if (earlier) opened.resumeFromPreviousUpload(earlier)
    return opened
  }

  return {
    start() {
      wanted = 'running'
      upload ??= open()
      upload.then(
        (opened) => wanted === 'running' && opened.start(),
        () => {
          upload = undefined
          listeners.onFailed(texts.lost)
        },
      )
    },
    pause() {
      wanted = 'paused'
      void upload?.then((opened) => opened.abort()).catch(() => undefined)
    },
    cancel() {
      wanted = 'cancelled'
      // Where the server is not told, it forgets what it has after a day.
      void upload?.then((opened) => opened.abort(true)).catch(() => undefined)
    },
  }
}

/** Silence, conflicts and what passes by itself; never what the file itself is refused for. */
function isWorthRetrying(status: number): boolean {
  if (status === 507) return false
  return status === 0 || status >= 500 || [408, 409, 423, 425, 429].includes(status)
}

function problemIn(error: Error): string {
  // Mistakes of ours have no answer either, yet trying again helps as little as it harms.
  const answer = 'originalResponse' in error ? (error.originalResponse as HttpResponse | null) : null
  if (!answer) return texts.lost
  try {
    const { code = '', detail } = JSON.parse(answer.getBody()) as { code?: string; detail?: string }
    return texts.problems[code] ?? detail ?? texts.failed
  } catch {
    return texts.failed
  }
}

/** Its id, of `…/api/library/file/<id>`. */
function itemIn(location: string | undefined): string | undefined {
  return location?.split('/').at(-1)
}
