import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { BroadcastError } from '../../../core/errors.ts'
import type { RenditionJournal } from '../../../core/recording/journal.ts'
import { factsOf } from '../../../core/recording/recording-facts.ts'
import { unlessMissing } from '../disk-errors.ts'
import { MP4, TEMPORARY } from '../recording-paths.ts'
import { runMp4Worker } from './run-mp4-worker.ts'

/** A recording that is finished. */
export type Mp4Wish = {
  readonly id: string
  readonly title: string
  readonly renditions: readonly RenditionJournal[]
}

export type Mp4MakerOptions = {
  folder: (id: string) => string
  free: () => Promise<number>
  /** Bytes of the disk that are left to everybody else. */
  minFree: number
}

type Making = { readonly file: Promise<string>; readonly abort: AbortController }

/** Makes the one file of a recording when it is asked for first, and keeps it. One at a time: live media comes first. */
export class Mp4Maker implements AsyncDisposable {
  readonly #options: Mp4MakerOptions
  readonly #making = new Map<string, Making>()
  #last: Promise<unknown> = Promise.resolve()
  /** How many were written. */
  made = 0

  constructor(options: Mp4MakerOptions) {
    this.#options = options
  }

  /** Path of the file. Whoever asks while it is being made waits for the same one. */
  fileOf(wish: Mp4Wish): Promise<string> {
    const { id } = wish
    let making = this.#making.get(id)
    if (!making) {
      const abort = new AbortController()
      making = { abort, file: this.#find(wish, abort.signal).finally(() => this.#making.delete(id)) }
      this.#making.set(id, making)
    }
    return making.file
  }

  /** Gives up what is being made of it; nothing uses its files afterwards. */
  async release(id: string): Promise<void> {
    const making = this.#making.get(id)
    making?.abort.abort()
    await making?.file.catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#making.keys()].map((id) => this.release(id)))
  }

  async #find(wish: Mp4Wish, signal: AbortSignal): Promise<string> {
    const target = path.join(this.#options.folder(wish.id), MP4)
    if (await unlessMissing(stat(target))) return target
    const turn = this.#last.then(() => this.#make(wish, target, signal))
    this.#last = turn.catch(() => undefined)
    await turn
    return target
  }

  async #make({ id, title, renditions }: Mp4Wish, target: string, signal: AbortSignal): Promise<void> {
    const removed = removedMeanwhile(signal)
    if (removed) throw removed
    const chosen = [longest(renditions, 'video'), longest(renditions, 'audio')].flatMap((one) => one ?? [])
    const { free, minFree, folder } = this.#options
    if ((await free()) < factsOf(chosen).size + minFree)
      throw new BroadcastError('no-space', 'there is no room on the disk for the file')
    const temporary = `${target}${TEMPORARY}`
    try {
      await runMp4Worker({ folder: folder(id), renditions: chosen, title, target: temporary }, signal)
      await rename(temporary, target)
      this.made++
    } catch (error) {
      await rm(temporary, { force: true })
      throw removedMeanwhile(signal) ?? error
    }
  }
}

function removedMeanwhile({ aborted }: AbortSignal): BroadcastError | undefined {
  return aborted ? new BroadcastError('recording-not-found', 'this recording has been removed') : undefined
}

/** The most complete one; the better one of equals, which comes first. */
function longest(
  renditions: readonly RenditionJournal[],
  kind: 'video' | 'audio',
): RenditionJournal | undefined {
  const seconds = (journal: RenditionJournal) => factsOf([journal]).duration
  return renditions
    .filter((journal) => journal.kind === kind && journal.segments.length > 0)
    .reduce<RenditionJournal | undefined>(
      (best, one) => (best && seconds(best) >= seconds(one) - 1 ? best : one),
      undefined,
    )
}
