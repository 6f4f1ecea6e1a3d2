import type { Feed, Source } from '../../core/feed.ts'
import type { Layer } from '../../core/layer.ts'
import type { Track } from '../../core/track.ts'
import type { TrackInfo } from '../../core/track-info.ts'
import { FRAME, kindOf, payloadOf } from './relay-frame.ts'
import type { RelayLink } from './relay-link.ts'
import type { LayerState } from './relay-sink.ts'

/** Writes into this process's feed what a relay brings. */
export class RelaySource implements Source {
  readonly #feed: Feed
  readonly #link: RelayLink
  readonly #channel: number
  #tracks: readonly Track[] = []

  constructor(feed: Feed, link: RelayLink, channel: number) {
    this.#feed = feed
    this.#link = link
    this.#channel = channel
  }

  requestKeyFrame(layer: Layer): void {
    for (const [trackIndex, { layers }] of this.#tracks.entries()) {
      const layerIndex = layers.indexOf(layer)
      if (layerIndex >= 0)
        this.#link.send(FRAME.keyFrameWanted, this.#channel, Buffer.from([trackIndex, layerIndex]))
    }
  }

  /** Hot path. `now` is monotonic milliseconds. */
  receive(frame: Buffer, now: number): void {
    const kind = kindOf(frame)
    const payload = payloadOf(frame)
    if (kind === FRAME.packet) this.#layerAt(payload)?.write(payload.subarray(2), now)
    else if (kind === FRAME.tracks)
      this.#tracks = this.#feed.publish(this, JSON.parse(payload.toString()) as TrackInfo[])
    else if (kind === FRAME.layerState) this.#update(payload)
    else if (kind === FRAME.ended) this.end()
  }

  end(): void {
    this.#feed.unpublish(this)
  }

  #update(payload: Buffer): void {
    const layer = this.#layerAt(payload)
    if (!layer) return
    const { captureClock, bitrate, width, height } = JSON.parse(payload.toString('utf8', 2)) as LayerState
    layer.captureClock = captureClock
    layer.bitrate = bitrate
    layer.width = width
    layer.height = height
  }

  #layerAt(payload: Buffer): Layer | undefined {
    return this.#tracks[payload[0] ?? 0]?.layers[payload[1] ?? 0]
  }
}
