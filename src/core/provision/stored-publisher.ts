import type { Broadcast } from '../broadcast.ts'
import { BroadcastError } from '../errors.ts'
import type { CloseReason } from '../ports.ts'
import type { Session } from '../session.ts'

/** Whether its media lies in storage and never comes through this server. */
export function isStored({ publisher }: Pick<Broadcast, 'publisher'>): boolean {
  return publisher?.door === 's3'
}

/** For doors that carry media through this server. */
export function hlsOnly(): BroadcastError {
  return new BroadcastError('hls-only', 'it is uploaded to storage as HLS: watch it at /hls/<id>/index.m3u8')
}

/** Whoever uploads a stream, as far as its broadcast is concerned: here only for as long as its storage is watched. */
export class StoredPublisher implements Session {
  readonly id: string
  readonly door = 's3'
  readonly closed: Promise<CloseReason>
  readonly #settle: (reason: CloseReason) => void

  constructor(id: string) {
    this.id = id
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
  }

  async close(reason: CloseReason): Promise<void> {
    this.#settle(reason)
  }
}
