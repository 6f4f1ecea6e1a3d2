import type { Duplex } from 'node:stream'
import type { Feeds } from '../../core/feeds.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { channelOf, FRAME, kindOf, payloadOf } from './relay-frame.ts'
import { RelayLink } from './relay-link.ts'
import { RelaySink } from './relay-sink.ts'
import { RelaySource } from './relay-source.ts'

/** A worker's side of the relay: feeds that leave this process, and feeds that come from another. */
export class WorkerRelay {
  readonly link: RelayLink
  readonly #feeds: Feeds
  readonly #sinks = new Map<number, RelaySink>()
  readonly #sources = new Map<number, RelaySource>()

  constructor({
    stream,
    feeds,
    clock,
    logger,
  }: {
    stream: Duplex
    feeds: Feeds
    clock: Clock
    logger: Logger
  }) {
    this.#feeds = feeds
    this.link = new RelayLink(
      stream,
      (frame) => this.#onFrame(frame, clock.monotonic()),
      (error) => logger.error({ error }, 'relay failed'),
    )
  }

  exportFeed(broadcastId: string, channel: number): void {
    const sink = new RelaySink(this.link, channel)
    this.#sinks.set(channel, sink)
    void sink.closed.then(() => this.#sinks.get(channel) === sink && this.#sinks.delete(channel))
    this.#feeds.ensure(broadcastId).attach(sink)
  }

  async stopExport(channel: number): Promise<void> {
    await this.#sinks.get(channel)?.close('ended')
  }

  importFeed(broadcastId: string, channel: number): void {
    this.#sources.set(channel, new RelaySource(this.#feeds.ensure(broadcastId), this.link, channel))
  }

  #onFrame(frame: Buffer, now: number): void {
    const channel = channelOf(frame)
    if (kindOf(frame) === FRAME.keyFrameWanted) {
      const payload = payloadOf(frame)
      this.#sinks.get(channel)?.keyFrameWanted(payload[0] ?? 0, payload[1] ?? 0)
      return
    }
    this.#sources.get(channel)?.receive(frame, now)
    if (kindOf(frame) === FRAME.ended) this.#sources.delete(channel)
  }
}
