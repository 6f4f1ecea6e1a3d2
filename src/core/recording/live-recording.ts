import type { Rendition } from '../packaging/rendition.ts'
import type { Clock, Logger } from '../ports.ts'
import type { DiskRoom } from './disk-room.ts'
import type { RenditionJournal } from './journal.ts'
import { Periods } from './periods.ts'
import { factsOf, roundedSeconds } from './recording-facts.ts'
import type { RecordingManifest, RecordingStorage } from './recording-storage.ts'
import type { RecordingRecord, RecordingState } from './recording-store.ts'
import { RenditionRecorder } from './rendition-recorder.ts'

export type LiveRecordingOptions = {
  id: string
  broadcastId: string
  title: string
  storage: RecordingStorage
  room: DiskRoom
  clock: Clock
  logger: Logger
  /** Bytes that may wait for the disk. */
  maxQueue: number
  /** Something that the store should know has changed. */
  onChange: (recording: LiveRecording) => void
}

/** A name in the storage: never what somebody typed. */
const RENDITION_ID = /^[a-z]{1,8}\d{0,4}$/

/** One broadcast, from its start to its end, on its way to the disk. */
export class LiveRecording {
  readonly id: string
  readonly broadcastId: string
  readonly title: string
  readonly startedAt: number
  /** Bytes that were not recorded. */
  dropped = 0
  readonly #options: LiveRecordingOptions
  readonly #recorders = new Map<string, RenditionRecorder>()
  readonly #readings = new Map<string, () => void>()
  readonly #periods = new Periods()
  readonly #releaseRoom: () => void
  #created: Promise<void> | undefined
  #queued = 0
  #overflowing = false
  #truncated = false
  #endedAt: number | null = null
  #state: RecordingState = 'recording'
  #ending: Promise<void> | undefined

  constructor(options: LiveRecordingOptions) {
    this.#options = options
    this.id = options.id
    this.broadcastId = options.broadcastId
    this.title = options.title
    this.startedAt = options.clock.now()
    this.#releaseRoom = options.room.use()
  }

  /** Bytes that wait for the disk. */
  get queued(): number {
    return this.#queued
  }

  get truncated(): boolean {
    return this.#truncated
  }

  get journals(): readonly RenditionJournal[] {
    return [...this.#recorders.values()].flatMap(({ journal }) => journal ?? [])
  }

  /** Nothing was ever sent: there is nothing to keep. */
  get isEmpty(): boolean {
    return !this.#truncated && !this.#hasMedia
  }

  get #hasMedia(): boolean {
    return this.journals.some(({ segments }) => segments.length > 0)
  }

  /** As the store keeps it. */
  get record(): RecordingRecord {
    const { id, broadcastId, title, startedAt } = this
    const { duration, size, codecs } = factsOf(this.journals)
    return {
      ...{ id, broadcastId, title, startedAt, size, codecs },
      endedAt: this.#endedAt,
      state: this.#state,
      duration: roundedSeconds(duration),
      truncated: this.#truncated,
    }
  }

  /** Records it from now on. A rendition with the id of an earlier one goes on where that one stopped. */
  add(rendition: Rendition): void {
    const { id, kind, codec } = rendition
    if (this.#ending) return
    if (!RENDITION_ID.test(id)) throw new TypeError(`"${id}" cannot be the id of a rendition`)
    this.#readings.get(id)?.()
    let recorder = this.#recorders.get(id)
    if (recorder) recorder.interrupt()
    else {
      recorder = new RenditionRecorder({
        open: async () => {
          await this.#create()
          return this.#options.storage.write(this.id, { id, kind, codec })
        },
        take: (bytes) => this.#take(bytes),
        give: (bytes) => {
          this.#queued -= bytes
          if (this.#queued < this.#options.maxQueue / 2) this.#overflowing = false
        },
        mayResume: () => !this.#options.room.full && !this.#overflowing,
        periodOf: (segment) => this.#periods.of(segment),
        lost: (bytes) => this.#lost(bytes),
        ranOut: () => this.#options.room.ranOut(),
        failed: (error) => this.#writeFailed(error),
      })
      this.#recorders.set(id, recorder)
    }
    this.#readings.set(id, rendition.read(recorder))
  }

  /** Resolves once everything is written. Any number of times. */
  end(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<void> {
    const { clock, logger, storage, onChange } = this.#options
    for (const stop of this.#readings.values()) stop()
    const endedAt = clock.now()
    for (const recorder of this.#recorders.values())
      await recorder.close().catch((error: unknown) => this.#writeFailed(error))
    this.#releaseRoom()
    this.#endedAt = endedAt
    this.#state = this.#hasMedia ? 'ready' : 'failed'
    try {
      if (this.isEmpty) await storage.remove(this.id)
      else await storage.save(this.#manifest)
    } catch (error) {
      logger.error({ error, recording: this.id }, 'the recording is not closed: the next start will do it')
    }
    onChange(this)
  }

  get #manifest(): RecordingManifest {
    const { id, broadcastId, title, startedAt } = this
    return {
      ...{ id, broadcastId, title, startedAt },
      endedAt: this.#endedAt,
      state: this.#state,
      truncated: this.#truncated,
    }
  }

  /** Once; again when it failed. */
  #create(): Promise<void> {
    this.#created ??= this.#options.storage.save(this.#manifest).catch((error: unknown) => {
      this.#created = undefined
      throw error
    })
    return this.#created
  }

  #take(bytes: number): boolean {
    if (this.#options.room.full) return false
    if (this.#overflowing || this.#queued + bytes > this.#options.maxQueue) {
      if (!this.#overflowing)
        this.#options.logger.warn({ recording: this.id, queued: this.#queued }, 'the disk is too slow')
      this.#overflowing = true
      return false
    }
    this.#queued += bytes
    return true
  }

  #lost(bytes: number): void {
    this.dropped += bytes
    if (this.#truncated) return
    this.#truncated = true
    const { logger, storage, onChange } = this.#options
    logger.warn({ recording: this.id, broadcast: this.broadcastId }, 'the recording is truncated')
    onChange(this)
    if (this.#created) void this.#created.then(() => storage.save(this.#manifest)).catch(() => undefined) // the disk is full: written at the end
  }

  #writeFailed(error: unknown): void {
    this.#options.logger.error({ error, recording: this.id }, 'the recording cannot be written')
    this.#lost(0)
  }
}
