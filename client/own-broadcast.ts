import type { BroadcastState } from './api-types.ts'
import type { BroadcastAddress } from './broadcast-address.ts'
import { followBroadcasts } from './live-list.ts'

/** A server that shuts down may say that the broadcast has ended, and falls silent within this time. */
const GOES_ON_SPEAKING = 1000

/** What the server says of a broadcast to the one who publishes it. */
type OwnBroadcastListeners = {
  /** Somebody stopped it. */
  onStopped: () => void
  /** The server has lost the publisher, whether that one has noticed or not. */
  onForgotten: () => void
  /** The server can not be heard. */
  onSilent: () => void
}

/** Tells a publisher what its own connection would tell late, or never. */
export class OwnBroadcast {
  readonly #listeners: OwnBroadcastListeners
  readonly #stopFollowing: () => void
  #wasLive = false
  #verdict: PromiseWithResolvers<boolean> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ id, server }: BroadcastAddress, listeners: OwnBroadcastListeners) {
    this.#listeners = listeners
    const heard = (view: { id: string; state: BroadcastState }) => {
      if (view.id === id) this.#heard(view.state)
    }
    this.#stopFollowing = followBroadcasts(
      {
        onList: (broadcasts) => broadcasts.forEach(heard),
        onStarted: heard,
        onUpdated: heard,
        onEnded: heard,
        onConnected: (connected) => {
          if (!connected) this.#fellSilent()
        },
      },
      { server, broadcast: id },
    )
  }

  /** Whether somebody stopped it; waits while that can not be known yet. */
  async stopped(): Promise<boolean> {
    return (await this.#verdict?.promise) ?? false
  }

  close(): void {
    this.#stopFollowing()
    this.#decide(false)
  }

  #heard(state: BroadcastState): void {
    const wasLive = this.#wasLive
    this.#wasLive = state === 'live'
    if (!wasLive) return // what was said before we were live is about an earlier run
    if (state === 'reconnecting') this.#listeners.onForgotten()
    if (state !== 'ended') return
    this.#verdict = Promise.withResolvers<boolean>()
    this.#timer = setTimeout(() => {
      this.#decide(true)
      this.#listeners.onStopped()
    }, GOES_ON_SPEAKING)
  }

  #fellSilent(): void {
    this.#wasLive = false
    this.#decide(false)
    this.#listeners.onSilent()
  }

  #decide(stopped: boolean): void {
    clearTimeout(this.#timer)
    this.#verdict?.resolve(stopped)
  }
}
