import { Feed } from './feed.ts'
import type { CloseReason } from './ports.ts'

/** The feeds of one process, by broadcast id: made when first asked for, forgotten when nobody uses them. */
export class Feeds {
  readonly #feeds = new Map<string, Feed>()

  get size(): number {
    return this.#feeds.size
  }

  get(broadcastId: string): Feed | undefined {
    return this.#feeds.get(broadcastId)
  }

  /** A feed that is made here must be given a source or a sink before anything is awaited. */
  ensure(broadcastId: string): Feed {
    let feed = this.#feeds.get(broadcastId)
    if (!feed) {
      feed = new Feed(broadcastId, (idle) => this.#forget(idle))
      this.#feeds.set(broadcastId, feed)
    }
    return feed
  }

  async close(broadcastId: string, reason: CloseReason): Promise<void> {
    const feed = this.#feeds.get(broadcastId)
    this.#feeds.delete(broadcastId)
    await feed?.close(reason)
  }

  #forget(feed: Feed): void {
    if (this.#feeds.get(feed.broadcastId) === feed) this.#feeds.delete(feed.broadcastId)
  }
}
