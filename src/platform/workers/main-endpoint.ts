import type { Feeds } from '../../core/feeds.ts'
import type { Clock } from '../../core/ports.ts'
import { FeedRelay } from './feed-relay.ts'
import { FRAME_HEADER, PACKET_START, FRAME, writeFrameHeader } from './relay-frame.ts'
import type { RelayEndpoint } from './relay-switch.ts'

export type MainEndpointOptions = {
  feeds: Feeds
  clock: Pick<Clock, 'monotonic'>
  /** Towards the relay switch. */
  onFrame: (from: RelayEndpoint, frame: Buffer) => void
}

/** The main process as one end of the relay: what is packaged, recorded or taken from there is in its feeds. */
export class MainEndpoint implements RelayEndpoint {
  readonly id = 'main'
  readonly #relay: FeedRelay

  constructor({ feeds, clock, onFrame }: MainEndpointOptions) {
    this.#relay = new FeedRelay({
      feeds,
      clock,
      outlet: {
        packet: (channel, track, layer, packet, length) => {
          const frame = Buffer.allocUnsafe(PACKET_START + length)
          writeFrameHeader(frame, 0, FRAME.packet, channel, 2 + length)
          frame[FRAME_HEADER] = track
          frame[FRAME_HEADER + 1] = layer
          packet.copy(frame, PACKET_START, 0, length)
          onFrame(this, frame)
        },
        message: (kind, channel, payload) => {
          const frame = Buffer.allocUnsafe(FRAME_HEADER + payload.length)
          writeFrameHeader(frame, 0, kind, channel, payload.length)
          payload.copy(frame, FRAME_HEADER)
          onFrame(this, frame)
        },
      },
    })
  }

  async importFeed(broadcastId: string, channel: number): Promise<void> {
    this.#relay.importFeed(broadcastId, channel)
  }

  async exportFeed(broadcastId: string, channel: number): Promise<void> {
    this.#relay.exportFeed(broadcastId, channel)
  }

  async stopExport(channel: number): Promise<void> {
    await this.#relay.stopExport(channel)
  }

  deliver(frame: Buffer): void {
    this.#relay.receive(frame)
  }
}
