import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'
import { LIST, THUMBNAIL } from './encoder.ts'
import { eventPlaylist, livePlaylist, readList, type Segment } from './playlist.ts'
import { Refused } from './provisioned-stream.ts'
import type { Storage, Upload } from './storage.ts'

export type UploaderOptions = {
  /** The encoder's: segments wait there until the storage has them. */
  readonly folder: string
  readonly storage: Storage
  readonly segmentSeconds: number
  /** Seconds that a segment may wait on disk; an older one is given up. */
  readonly spoolSeconds: number
  readonly log: (line: string) => void
}

/** Milliseconds between two looks at the list. */
const LOOK = 100
/** Segments on their way at the same time, when there is something to catch up with. */
const AT_ONCE = 4
/** Milliseconds between two uploads of the replay's playlist, which grows. */
const REPLAY_EVERY = 10_000

/** Uploads what the encoder writes. A playlist never names a segment that the storage does not have. */
export class Uploader {
  readonly #options: UploaderOptions
  #segments: Segment[] = []
  #uploaded = 0
  #listedAt = 0
  #pictureAt = 0
  #replayAt = -Infinity
  /** Ends all that is being tried. */
  #refusal: Refused | undefined

  constructor(options: UploaderOptions) {
    this.#options = options
  }

  /** Until the encoder has ended and everything is uploaded. Rejects with Refused when the stream was stopped. */
  async run(encoder: Promise<void>): Promise<void> {
    let ended = false as boolean
    const note = () => (ended = true)
    encoder.then(note, note)
    for (;;) {
      const wasEnded = ended // asked first: what it wrote last is in the list by then
      await this.#look()
      await this.#uploadPicture()
      while (this.#uploaded < this.#segments.length) await this.#uploadSome()
      if (wasEnded) break
      await sleep(LOOK)
    }
    if (this.#uploaded > 0) await this.#uploadPlaylists({ ended: true })
  }

  async #look(): Promise<void> {
    const list = path.join(this.#options.folder, LIST)
    const changedAt = await changeOf(list)
    if (changedAt === this.#listedAt) return
    this.#listedAt = changedAt
    this.#segments.push(...readList(await readFile(list, 'utf8')).slice(this.#segments.length))
  }

  async #uploadSome(): Promise<void> {
    const some = this.#segments.slice(this.#uploaded, this.#uploaded + AT_ONCE)
    await Promise.all(some.map((segment) => this.#uploadSegment(segment)))
    this.#uploaded += some.length
    await this.#look() // the longer it took, the more there is
    await this.#uploadPlaylists({ ended: false })
  }

  async #uploadSegment(segment: Segment): Promise<void> {
    const file = path.join(this.#options.folder, segment.name)
    const giveUpAt = (await changeOf(file)) + this.#options.spoolSeconds * 1000
    segment.missing = !(await this.#put({ name: segment.name, body: await readFile(file) }, giveUpAt))
    if (segment.missing) this.#options.log(`${segment.name} is given up`)
    await rm(file)
  }

  async #uploadPlaylists({ ended }: { ended: boolean }): Promise<void> {
    const there = this.#segments.slice(0, this.#uploaded)
    const { segmentSeconds } = this.#options
    const isReplayDue = ended || performance.now() - this.#replayAt > REPLAY_EVERY
    if (isReplayDue) {
      this.#replayAt = performance.now()
      await this.#put({ name: 'vod.m3u8', body: eventPlaylist(there, segmentSeconds, ended) })
    }
    await this.#put({ name: 'index.m3u8', body: livePlaylist(there, segmentSeconds, ended) })
  }

  /** One attempt: the next picture comes soon. */
  async #uploadPicture(): Promise<void> {
    const file = path.join(this.#options.folder, THUMBNAIL)
    const changedAt = await changeOf(file)
    if (changedAt === this.#pictureAt) return
    this.#pictureAt = changedAt
    await this.#options.storage
      .put({ name: THUMBNAIL, body: await readFile(file) })
      .catch((error: unknown) => {
        if (error instanceof Refused) throw error
      })
  }

  /** Tries until the storage has it, or until then. Resolves with whether it has. */
  async #put(upload: Upload, giveUpAt = Infinity): Promise<boolean> {
    for (let failures = 1; ; failures++) {
      if (this.#refusal) throw this.#refusal
      try {
        await this.#options.storage.put(upload)
        return true
      } catch (error) {
        if (error instanceof Refused) throw (this.#refusal = error)
        this.#options.log(`${error instanceof Error ? error.message : String(error)}; trying again`)
        if (Date.now() > giveUpAt) return false
        await sleep(backOff(failures))
      }
    }
  }
}

/** When the file was written last, 0 if it is not there. */
async function changeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}
