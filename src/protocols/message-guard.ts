import type { Clock } from '../core/ports.ts'

export type MessageLimits = { readonly perSecond: number; readonly maxBytes: number }

/** RFC 6455 §7.4.1. */
const POLICY_VIOLATION = 1008
const MESSAGE_TOO_BIG = 1009

/** Counts the messages of one WebSocket client. */
export class MessageGuard {
  readonly #clock: Clock
  readonly #limits: MessageLimits
  #second = -Infinity
  #messages = 0

  constructor(clock: Clock, limits: MessageLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** The close code for a client that goes too far with this message, else undefined. */
  refusal(bytes: number): number | undefined {
    if (bytes > this.#limits.maxBytes) return MESSAGE_TOO_BIG
    const now = this.#clock.monotonic()
    if (now - this.#second >= 1000) {
      this.#second = now
      this.#messages = 0
    }
    this.#messages++
    return this.#messages > this.#limits.perSecond ? POLICY_VIOLATION : undefined
  }
}
