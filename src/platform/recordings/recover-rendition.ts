import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  journalText,
  readJournal,
  type RecordedInitialization,
  type RecordedSegment,
  type RenditionJournal,
  type SegmentStart,
} from '../../core/recording/journal.ts'
import { unlessMissing } from './disk-errors.ts'
import { fragmentsIn, trackDefaultsOf } from './fragments.ts'
import { journalName, mediaName } from './recording-paths.ts'
import { writeWhole } from './write-whole.ts'

export type RecoveredRendition = {
  readonly journal: RenditionJournal
  /** Bytes that the journal promised are not there, or are others. */
  readonly damaged: boolean
}

const CHUNK = 1024 * 1024

/**
 * Brings the media and the journal of one rendition together after a crash. Undefined when nothing of it can be
 * played. Reads every byte once, and never needs more than a chunk of them.
 */
export async function recoverRendition(
  folder: string,
  id: string,
  signal: AbortSignal,
): Promise<RecoveredRendition | undefined> {
  const text = await unlessMissing(readFile(path.join(folder, journalName(id)), 'utf8'))
  const journal = readJournal(text ?? '')
  if (!journal || journal.id !== id) return undefined
  const initializations: RecordedInitialization[] = []
  const segments: RecordedSegment[] = []
  let damaged = false
  for (const initialization of journal.initializations) {
    const file = path.join(folder, mediaName(id, initialization.file))
    const recovered = await recoverFile(file, { journal, initialization, before: segments.at(-1), signal })
    if (recovered.segments.length > 0) {
      initializations.push(initialization)
      segments.push(...recovered.segments)
    } else await rm(file, { force: true })
    damaged ||= recovered.damaged
  }
  if (segments.length === 0) return undefined
  const whole = { ...journal, initializations, segments, begun: undefined }
  await writeWhole(path.join(folder, journalName(id)), journalText(whole))
  return { journal: whole, damaged }
}

/** Bytes that are there, and are not those that were written. */
const isDamaged = (segment?: RecordedSegment) => segment?.missing === true && segment.size > 0

type FileContext = {
  readonly journal: RenditionJournal
  readonly initialization: RecordedInitialization
  /** The last segment of the file before. */
  readonly before: RecordedSegment | undefined
  readonly signal: AbortSignal
}

async function recoverFile(
  file: string,
  { journal, initialization, before, signal }: FileContext,
): Promise<{ segments: RecordedSegment[]; damaged: boolean }> {
  const promised = journal.segments.filter((segment) => segment.file === initialization.file)
  const handle = await unlessMissing(open(file, 'r+'))
  if (!handle) return { segments: [], damaged: promised.length > 0 }
  try {
    const { size } = await handle.stat()
    const whole = promised.filter((segment) => segment.offset + segment.size <= size)
    const segments: RecordedSegment[] = []
    for (const segment of whole) {
      signal.throwIfAborted()
      const intact = segment.missing ?? (await sha256Of(handle, segment)) === segment.sha256
      segments.push(intact ? segment : { ...segment, missing: true })
    }
    let damaged = whole.length < promised.length || segments.some((segment) => isDamaged(segment))
    while (segments.length > 0 && isDamaged(segments.at(-1))) segments.pop()

    const last = segments.at(-1)
    const offset = last ? last.offset + last.size : initialization.size
    const begun = journal.begun?.file === initialization.file ? journal.begun : undefined
    const start = promised[segments.length] ?? (begun?.offset === offset ? begun : undefined)
    const tail = await tailOf(handle, { offset, size, initialization, start, last: last ?? before })
    if (tail) segments.push(tail)
    else while (segments.at(-1)?.missing) segments.pop()
    if (size < initialization.size) damaged = true
    const end = tail ? tail.offset + tail.size : offset
    if (end < size && segments.length > 0) await handle.truncate(end)
    await handle.datasync()
    return { segments, damaged }
  } finally {
    await handle.close()
  }
}

type Tail = {
  readonly offset: number
  readonly size: number
  readonly initialization: RecordedInitialization
  /** What the journal knows of its beginning. */
  readonly start: SegmentStart | undefined
  readonly last: RecordedSegment | undefined
}

/** The segment that was being written: all its whole fragments. */
async function tailOf(handle: FileHandle, tail: Tail): Promise<RecordedSegment | undefined> {
  const { offset, size, initialization, start, last } = tail
  if (size <= offset || size < initialization.size) return undefined
  const head = Buffer.alloc(initialization.size)
  await handle.read(head, 0, head.length, 0)
  const defaults = trackDefaultsOf(head)
  let end = offset
  let ticks = 0
  for await (const fragment of fragmentsIn(handle, { from: offset, end: size, defaults })) {
    end = fragment.offset + fragment.size
    ticks += fragment.duration
  }
  if (end === offset) return undefined
  return {
    number: start?.number ?? (last ? last.number + 1 : 0),
    file: initialization.file,
    offset,
    startedAt: start?.startedAt ?? (last ? Math.round(last.startedAt + last.duration * 1000) : 0),
    period: start?.period ?? last?.period ?? 0,
    size: end - offset,
    duration: ticks / defaults.timescale,
    sha256: await sha256Of(handle, { offset, size: end - offset }),
  }
}

async function sha256Of(
  handle: FileHandle,
  { offset, size }: { offset: number; size: number },
): Promise<string> {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size))
  for (let done = 0; done < size;) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, size - done), offset + done)
    if (bytesRead === 0) break
    hash.update(chunk.subarray(0, bytesRead))
    done += bytesRead
  }
  return hash.digest('hex')
}
