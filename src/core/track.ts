import { Layer } from './layer.ts'
import type { TrackInfo } from './track-info.ts'

/** One medium of a broadcast: its layers, best quality first. */
export class Track {
  readonly info: TrackInfo
  readonly layers: readonly Layer[]

  constructor(info: TrackInfo, onKeyFrameWanted: (layer: Layer) => void) {
    this.info = info
    this.layers = info.layers.map(({ rid }) => new Layer(info, rid, onKeyFrameWanted))
  }

  layer(rid: string): Layer | undefined {
    return this.layers.find((layer) => layer.rid === rid)
  }
}
