import type { Clock, Logger } from '../ports.ts'

export type DiskRoomOptions = {
  /** Bytes that can still be written. */
  free: () => Promise<number>
  /** Bytes that are left to everybody else. */
  floor: () => number
  clock: Clock
  logger: Logger
}

/** Milliseconds between two looks. */
const LOOK_EVERY = 1000
/** Bytes above the floor at which it goes on: else it would stop again at once. */
const MARGIN = 8 * 1024 * 1024

/** Whether there is room to record: looked after while somebody records, said once when it changes. */
export class DiskRoom {
  readonly #options: DiskRoomOptions
  #users = 0
  #full = false
  #cancel: (() => void) | undefined

  constructor(options: DiskRoomOptions) {
    this.#options = options
  }

  get full(): boolean {
    return this.#full
  }

  /** Looks regularly until the returned function is called. */
  use(): () => void {
    if (this.#users++ === 0) void this.#look()
    let used = true
    return () => {
      if (!used) return
      used = false
      if (--this.#users > 0) return
      this.#cancel?.()
      this.#cancel = undefined
    }
  }

  /** A write found no room. */
  ranOut(): void {
    if (this.#full) return
    this.#full = true
    this.#options.logger.warn({}, 'the disk is full: recordings pause, broadcasts go on')
  }

  async #look(): Promise<void> {
    const { free, floor, clock, logger } = this.#options
    try {
      const left = await free()
      if (left < floor()) this.ranOut()
      else if (this.#full && left >= floor() + MARGIN) {
        this.#full = false
        logger.info({ free: left }, 'there is room again: recordings go on')
      }
    } catch (error) {
      logger.error({ error }, 'the free space of the disk is not known')
    }
    if (this.#users > 0) this.#cancel = clock.after(LOOK_EVERY, () => void this.#look())
  }
}
