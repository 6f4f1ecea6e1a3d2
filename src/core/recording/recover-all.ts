import type { Logger } from '../ports.ts'
import type { Recorder } from './recorder.ts'
import { factsOf, roundedSeconds } from './recording-facts.ts'
import type { RecordingManifest, RecordingStorage } from './recording-storage.ts'
import type { RecordingRecord, RecordingStore } from './recording-store.ts'

export type RecoverOptions = {
  recorder: Pick<Recorder, 'live'>
  storage: RecordingStorage
  store: RecordingStore
  logger: Logger
  signal: AbortSignal
}

const PAGE = 200

/** Finishes what a crash left unfinished, and makes database and disk agree. */
export async function recoverAll(options: RecoverOptions): Promise<void> {
  const { recorder, storage, store, logger, signal } = options
  const folders = new Set(await storage.ids())
  const rows = await allRows(store)
  for (const id of new Set([...folders, ...rows.keys()])) {
    signal.throwIfAborted()
    if (recorder.live(id)) continue
    try {
      const row = rows.get(id)
      if (folders.has(id)) await agree(id, row, options)
      else if (row && row.state !== 'failed') {
        logger.error({ recording: id }, 'the files of this recording are gone')
        await store.save({ ...row, state: 'failed', endedAt: row.endedAt ?? row.startedAt })
      }
    } catch (error) {
      signal.throwIfAborted()
      logger.error({ error, recording: id }, 'this recording was not recovered')
    }
  }
}

async function allRows(store: RecordingStore): Promise<ReadonlyMap<string, RecordingRecord>> {
  const rows = new Map<string, RecordingRecord>()
  for (let offset = 0; ; offset += PAGE) {
    const { records } = await store.list({ offset, limit: PAGE })
    for (const record of records) rows.set(record.id, record)
    if (records.length < PAGE) return rows
  }
}

/** The disk is right: it has what can be played. */
async function agree(id: string, row: RecordingRecord | undefined, options: RecoverOptions): Promise<void> {
  const { storage, store, logger, signal } = options
  const manifest = await storage.manifest(id)
  if (manifest?.state === 'ready' && row?.state === 'ready') return
  if (!manifest && row) await storage.save(manifestOf(row))
  const isWhole = manifest !== undefined && manifest.state !== 'recording'
  const stored = isWhole ? await storage.read(id) : await storage.recover(id, signal)
  if (!stored || stored.renditions.length === 0) {
    logger.warn({ recording: id }, 'a recording without media is removed')
    await storage.remove(id)
    await store.remove(id)
    return
  }
  const { endedAt, duration, size, codecs } = factsOf(stored.renditions)
  const finished: RecordingManifest = {
    ...stored.manifest,
    state: 'ready',
    endedAt: stored.manifest.endedAt ?? endedAt ?? stored.manifest.startedAt,
    truncated: stored.manifest.truncated || (row?.truncated ?? false),
  }
  await storage.save(finished)
  await store.save({ ...finished, duration: roundedSeconds(duration), size, codecs })
  logger.info({ recording: id, duration: roundedSeconds(duration) }, 'recording recovered')
}

function manifestOf({
  id,
  broadcastId,
  title,
  startedAt,
  endedAt,
  truncated,
}: RecordingRecord): RecordingManifest {
  return { id, broadcastId, title, startedAt, endedAt, truncated, state: 'recording' }
}
