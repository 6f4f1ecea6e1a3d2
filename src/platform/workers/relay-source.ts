import type { Feed, Source } from '../../core/feed.ts'
import type { Feeds } from '../../core/feeds.ts'
import type { Layer } from '../../core/layer.ts'
import type { Track } from '../../core/track.ts'
import type { TrackInfo } from '../../core/track-info.ts'
import {
  FRAME,
  FRAME_HEADER,
  kindOf,
  layerOf,
  PACKET_START,
  type RelayOutlet,
  trackOf,
} from './relay-frame.ts'
import type { LayerState } from './relay-sink.ts'

export type RelaySourceOptions = {
  broadcastId: string
  feeds: Feeds
  outlet: RelayOutlet
  channel: number
}

/** Writes into this process's feed what a relay brings. */
export class RelaySource implements Source {
  readonly #options: RelaySourceOptions
  #feed: Feed | undefined
  #tracks: readonly Track[] = []

  constructor(options: RelaySourceOptions) {
    this.#options = options
  }

  requestKeyFrame(layer: Layer): void {
    const { outlet, channel } = this.#options
    for (const [trackIndex, { layers }] of this.#tracks.entries()) {
      const layerIndex = layers.indexOf(layer)
      if (layerIndex >= 0)
        outlet.message(FRAME.keyFrameWanted, channel, Buffer.from([trackIndex, layerIndex]))
    }
  }

  /** Hot path. `now` is monotonic milliseconds. */
  receive(frame: Buffer, now: number): void {
    const kind = kindOf(frame)
    if (kind === FRAME.packet) this.#layerOf(frame)?.write(frame.subarray(PACKET_START), now)
    else if (kind === FRAME.tracks) this.#publish(frame)
    else if (kind === FRAME.layerState) this.#update(frame)
    else if (kind === FRAME.ended) this.end()
  }

  end(): void {
    this.#tracks = []
    this.#feed?.unpublish(this)
  }

  #publish(frame: Buffer): void {
    const { feeds, broadcastId } = this.#options
    const infos = JSON.parse(frame.toString('utf8', FRAME_HEADER)) as TrackInfo[]
    this.#feed = feeds.ensure(broadcastId)
    this.#tracks = this.#feed.publish(this, infos)
  }

  #update(frame: Buffer): void {
    const layer = this.#layerOf(frame)
    if (!layer) return
    const state = JSON.parse(frame.toString('utf8', PACKET_START)) as LayerState
    layer.captureClock = state.captureClock
    layer.bitrate = state.bitrate
    layer.width = state.width
    layer.height = state.height
    if (state.parameterSets !== undefined) layer.parameterSets = Buffer.from(state.parameterSets, 'base64')
  }

  #layerOf(frame: Buffer): Layer | undefined {
    return this.#tracks[trackOf(frame)]?.layers[layerOf(frame)]
  }
}
