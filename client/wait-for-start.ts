import type { BroadcastState } from './api-types.ts'
import { backOff } from './back-off.ts'
import type { BroadcastAddress } from './broadcast-address.ts'
import { followBroadcasts } from './live-list.ts'
import type { Bearer } from './sdp-session.ts'

/** Between two looks while the server has promised to tell; in milliseconds, give or take a fifth. */
const TOLD = 30_000
/** Over which a waiting audience spreads when the broadcast starts. */
const CROWD = 500
/** Once it has started, its media is known within a second. */
const SOON = 2

/** Waits for a broadcast to go live: hears it from the server where that can be, and asks now and then anyway. */
export class WaitForStart {
  readonly #address: BroadcastAddress | undefined
  readonly #token: Bearer
  readonly #onStart: () => void
  #stopFollowing: (() => void) | undefined
  #told: BroadcastState | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    address: BroadcastAddress | undefined,
    { token, onStart }: { token: Bearer; onStart: () => void },
  ) {
    this.#address = address
    this.#token = token
    this.#onStart = onStart
  }

  /** Any number of times. */
  begin(): void {
    if (this.#stopFollowing || !this.#address) return
    const { id, server } = this.#address
    const heard = ({ id: about, state }: { id: string; state: BroadcastState }) => {
      if (about === id) this.#heard(state)
    }
    this.#stopFollowing = followBroadcasts(
      {
        onList: (broadcasts) => broadcasts.forEach(heard),
        onStarted: heard,
        onUpdated: heard,
        onEnded: heard,
        onConnected: (connected) => {
          if (!connected) this.#told = undefined
        },
      },
      { server, broadcast: id, token: this.#token },
    )
  }

  /** Milliseconds until it makes sense to ask again. */
  patience(attempt: number, retryAfter: number | undefined): number {
    if (this.#told === undefined) return backOff(attempt, retryAfter)
    if (this.#isOn()) return backOff(Math.min(attempt, SOON), retryAfter)
    return TOLD * (0.8 + 0.4 * Math.random())
  }

  stop(): void {
    this.#stopFollowing?.()
    this.#stopFollowing = undefined
    this.#told = undefined
    clearTimeout(this.#timer)
  }

  #isOn(): boolean {
    return this.#told === 'live' || this.#told === 'reconnecting'
  }

  #heard(state: BroadcastState): void {
    const wasOn = this.#isOn()
    this.#told = state
    if (wasOn || !this.#isOn()) return
    this.#timer = setTimeout(this.#onStart, Math.random() * CROWD)
  }
}
