import type { Feeds } from '../../core/feeds.ts'
import type { Clock } from '../../core/ports.ts'
import { channelOf, FRAME, kindOf, layerOf, type RelayOutlet, trackOf } from './relay-frame.ts'
import { RelaySink } from './relay-sink.ts'
import { RelaySource } from './relay-source.ts'

export type FeedRelayOptions = {
  feeds: Feeds
  clock: Pick<Clock, 'monotonic'>
  /** Towards the relay switch. */
  outlet: RelayOutlet
}

/** One process's side of the relay: feeds that leave this process, and feeds that come from another. */
export class FeedRelay {
  readonly #options: FeedRelayOptions
  readonly #sinks = new Map<number, RelaySink>()
  readonly #sources = new Map<number, RelaySource>()

  constructor(options: FeedRelayOptions) {
    this.#options = options
  }

  exportFeed(broadcastId: string, channel: number): void {
    const { feeds, outlet } = this.#options
    const sink = new RelaySink(outlet, channel)
    this.#sinks.set(channel, sink)
    void sink.closed.then(() => this.#sinks.delete(channel))
    feeds.ensure(broadcastId).attach(sink)
  }

  async stopExport(channel: number): Promise<void> {
    await this.#sinks.get(channel)?.close('ended')
  }

  importFeed(broadcastId: string, channel: number): void {
    const { feeds, outlet } = this.#options
    this.#sources.set(channel, new RelaySource({ broadcastId, feeds, outlet, channel }))
  }

  /** Takes what the relay switch sends. */
  receive(frame: Buffer): void {
    const channel = channelOf(frame)
    if (kindOf(frame) === FRAME.keyFrameWanted) {
      this.#sinks.get(channel)?.keyFrameWanted(trackOf(frame), layerOf(frame))
      return
    }
    this.#sources.get(channel)?.receive(frame, this.#options.clock.monotonic())
    if (kindOf(frame) === FRAME.ended) this.#sources.delete(channel)
  }
}
