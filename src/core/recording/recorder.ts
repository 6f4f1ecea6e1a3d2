import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { DiskRoom } from './disk-room.ts'
import { LiveRecording } from './live-recording.ts'
import type { RecordingStorage } from './recording-storage.ts'
import type { RecordingStore } from './recording-store.ts'

export type RecorderOptions = {
  storage: RecordingStorage
  store: RecordingStore
  secrets: Secrets
  clock: Clock
  logger: Logger
  /** Bytes of the disk that are left to everybody else. */
  minFree: number
  /** Bytes per recording that may wait for the disk. */
  maxQueue?: number
}

/** What the recorder does now, for metrics and administrators. */
export type RecorderStatus = {
  readonly recordings: number
  readonly queued: number
  /** Bytes that were not recorded, since the server began. */
  readonly dropped: number
  readonly full: boolean
}

const MAX_QUEUE = 32 * 1024 * 1024
const SAVE_AGAIN_AFTER = 1000
const TIME_DIGITS = 9

/** Writes live broadcasts to the disk. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #room: DiskRoom
  readonly #live = new Map<string, LiveRecording>()
  readonly #unsaved = new Set<LiveRecording>()
  #saving: Promise<void> | undefined
  #cancelRetry: (() => void) | undefined
  #droppedBefore = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    const { storage, clock, logger } = options
    this.#room = new DiskRoom({
      free: () => storage.free(),
      floor: () => this.#options.minFree,
      clock,
      logger,
    })
  }

  get status(): RecorderStatus {
    const live = [...this.#live.values()]
    return {
      recordings: live.length,
      queued: live.reduce((sum, { queued }) => sum + queued, 0),
      dropped: live.reduce((sum, { dropped }) => sum + dropped, this.#droppedBefore),
      full: this.#room.full,
    }
  }

  /** Begins a recording; what is added to it is written until its `end`. */
  begin({ broadcastId, title }: { broadcastId: string; title: string }): LiveRecording {
    const { storage, secrets, clock, logger, maxQueue = MAX_QUEUE } = this.#options
    for (const earlier of this.#live.values()) if (earlier.broadcastId === broadcastId) void earlier.end()
    const recording = new LiveRecording({
      ...{ broadcastId, title, storage, clock, logger, maxQueue },
      room: this.#room,
      id: `${clock.now().toString(36).padStart(TIME_DIGITS, '0')}-${secrets.newId()}`,
      onChange: (changed) => this.#changed(changed),
    })
    this.#live.set(recording.id, recording)
    void this.#save(recording)
    return recording
  }

  /** One that is being recorded. */
  live(id: string): LiveRecording | undefined {
    return this.#live.get(id)
  }

  /** Those of one broadcast that are being recorded. */
  liveOf(broadcastId: string): readonly LiveRecording[] {
    return [...this.#live.values()].filter((recording) => recording.broadcastId === broadcastId)
  }

  /** Ends what runs and waits until the store knows, or has failed to. */
  async close(): Promise<void> {
    await Promise.all([...this.#live.values()].map((recording) => recording.end()))
    await this.#saving
    if (this.#unsaved.size > 0) await this.#saveAll()
    this.#cancelRetry?.()
  }

  /** Resolves when the store has been told what there is to tell. */
  async settled(): Promise<void> {
    await this.#saving
  }

  #changed(recording: LiveRecording): void {
    if (recording.record.state !== 'recording' && this.#live.delete(recording.id))
      this.#droppedBefore += recording.dropped
    void this.#save(recording)
  }

  #save(recording: LiveRecording): Promise<void> {
    this.#unsaved.add(recording)
    this.#saving ??= this.#saveAll()
    return this.#saving
  }

  /** One after the other, so that the last state wins. What fails is tried again: live media does not wait for it. */
  async #saveAll(): Promise<void> {
    const { store, logger, clock } = this.#options
    this.#cancelRetry?.()
    await Promise.resolve() // what is told in one go is saved once
    for (const recording of this.#unsaved) {
      this.#unsaved.delete(recording)
      const { record } = recording
      try {
        if (record.state !== 'recording' && recording.isEmpty) await store.remove(recording.id)
        else await store.save(record)
      } catch (error) {
        this.#unsaved.add(recording)
        logger.error({ error, recording: recording.id }, 'the recording is not in the database yet')
        this.#cancelRetry = clock.after(SAVE_AGAIN_AFTER, () => void this.#save(recording))
        break
      }
    }
    this.#saving = undefined
  }
}
