import { Feed } from './feed.ts'
import type { CloseReason } from './ports.ts'

/** The feeds of one process, by broadcast id: made when first asked for. */
export class Feeds {
  readonly #feeds = new Map<string, Feed>()

  get(broadcastId: string): Feed | undefined {
    return this.#feeds.get(broadcastId)
  }

  ensure(broadcastId: string): Feed {
    let feed = this.#feeds.get(broadcastId)
    if (!feed) {
      feed = new Feed(broadcastId)
      this.#feeds.set(broadcastId, feed)
    }
    return feed
  }

  async close(broadcastId: string, reason: CloseReason): Promise<void> {
    const feed = this.#feeds.get(broadcastId)
    this.#feeds.delete(broadcastId)
    await feed?.close(reason)
  }
}
