import { mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { type JournalHeader, readJournal, type RenditionJournal } from '../../core/recording/journal.ts'
import type {
  RecordingManifest,
  RecordingStorage,
  RenditionWriter,
  StoredRecording,
} from '../../core/recording/recording-storage.ts'
import { diskError, unlessMissing } from './disk-errors.ts'
import { recoverRendition } from './recover-rendition.ts'
import {
  isMediaName,
  isRecordingId,
  JOURNAL,
  journalName,
  MANIFEST,
  mediaName,
  TEMPORARY,
} from './recording-paths.ts'
import { RenditionFile } from './rendition-file.ts'
import { writeWhole } from './write-whole.ts'

const OWNER_ONLY = 0o700
/** A folder that is being removed: whatever is left of it goes at the next start. */
const REMOVED = '.removed'
const STATES = new Set(['recording', 'ready', 'failed'])

/** Recordings in a folder, one subfolder each. */
export class DiskRecordings implements RecordingStorage {
  readonly #root: string

  /** Makes the folder and sweeps away what was half removed. */
  static async open(root: string): Promise<DiskRecordings> {
    await mkdir(root, { recursive: true, mode: OWNER_ONLY })
    for (const name of await readdir(root))
      if (name.endsWith(REMOVED)) await rm(path.join(root, name), { recursive: true, force: true })
    return new DiskRecordings(root)
  }

  private constructor(root: string) {
    this.#root = root
  }

  /** Throws for what cannot be the id of a recording. */
  folder(id: string): string {
    if (!isRecordingId(id)) throw new RangeError('this is not the id of a recording')
    return path.join(this.#root, id)
  }

  async save(manifest: RecordingManifest): Promise<void> {
    const folder = this.folder(manifest.id)
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY }).catch((error: unknown) => {
      throw diskError(error)
    })
    await writeWhole(path.join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
  }

  write(id: string, rendition: JournalHeader): Promise<RenditionWriter> {
    return RenditionFile.create(this.folder(id), rendition)
  }

  async manifest(id: string): Promise<RecordingManifest | undefined> {
    if (!isRecordingId(id)) return undefined
    const text = await unlessMissing(readFile(path.join(this.folder(id), MANIFEST), 'utf8'))
    return manifestIn(text ?? '', id)
  }

  async read(id: string): Promise<StoredRecording | undefined> {
    const manifest = await this.manifest(id)
    if (!manifest) return undefined
    const folder = this.folder(id)
    const texts = await Promise.all(
      (await journalsIn(folder)).map((rendition) =>
        readFile(path.join(folder, `${rendition}${JOURNAL}`), 'utf8'),
      ),
    )
    return { manifest, renditions: texts.flatMap((text) => readJournal(text) ?? []) }
  }

  async recover(id: string, signal: AbortSignal): Promise<StoredRecording | undefined> {
    const manifest = await this.manifest(id)
    if (!manifest) return undefined
    const folder = this.folder(id)
    let { truncated } = manifest
    const renditions: RenditionJournal[] = []
    for (const rendition of await journalsIn(folder)) {
      const recovered = await recoverRendition(folder, rendition, signal)
      if (recovered) renditions.push(recovered.journal)
      truncated ||= recovered?.damaged ?? false
    }
    await this.#sweep(folder, renditions)
    return { manifest: { ...manifest, truncated }, renditions }
  }

  async ids(): Promise<readonly string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && isRecordingId(entry.name)).map(({ name }) => name)
  }

  async remove(id: string): Promise<void> {
    const gone = `${this.folder(id)}${REMOVED}`
    await rm(gone, { recursive: true, force: true })
    await unlessMissing(rename(this.folder(id), gone)) // at once for everybody who looks
    await rm(gone, { recursive: true, force: true })
  }

  async usage(id: string): Promise<number> {
    const folder = this.folder(id)
    const names = (await unlessMissing(readdir(folder))) ?? []
    const found = await Promise.all(names.map((name) => unlessMissing(stat(path.join(folder, name)))))
    return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#root)
    return bavail * bsize
  }

  /** What no journal speaks of: half-made files, and renditions without anything to play. */
  async #sweep(folder: string, renditions: readonly RenditionJournal[]): Promise<void> {
    const known = new Set(
      renditions.flatMap(({ id, initializations }) => [
        journalName(id),
        ...initializations.map(({ file }) => mediaName(id, file)),
      ]),
    )
    for (const name of await readdir(folder)) {
      const isOurs = name.endsWith(TEMPORARY) || name.endsWith(JOURNAL) || isMediaName(name)
      if (isOurs && !known.has(name)) await rm(path.join(folder, name), { force: true })
    }
  }
}

/** Ids of the renditions, in the order of players: the best picture first. */
async function journalsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(JOURNAL))
  return names
    .map((name) => path.basename(name, JOURNAL))
    .sort((a, b) => Number(a.startsWith('a')) - Number(b.startsWith('a')) || (a < b ? -1 : 1))
}

function manifestIn(text: string, id: string): RecordingManifest | undefined {
  try {
    const found = JSON.parse(text) as Partial<RecordingManifest> | null
    const { broadcastId, title, startedAt, endedAt = null, state, truncated } = found ?? {}
    if (found?.id !== id || typeof broadcastId !== 'string' || typeof title !== 'string') return undefined
    if (typeof startedAt !== 'number' || state === undefined || !STATES.has(state)) return undefined
    return { id, broadcastId, title, startedAt, endedAt, state, truncated: truncated === true }
  } catch {
    return undefined
  }
}
