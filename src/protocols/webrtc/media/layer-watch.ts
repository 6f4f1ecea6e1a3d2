import type { Layer } from '../../../core/layer.ts'
import type { LayerReport } from '../../../core/media-host.ts'
import { isBSlice } from '../../../media/h264/b-frames.ts'
import { pictureSizeFromPacket } from '../../../media/picture-size.ts'
import { timestampOf } from '../../../media/rtp/packet.ts'

/** Looks at a video layer as it passes: size, rates, key frames, B-frames. */
export class LayerWatch {
  readonly layer: Layer
  bFrames = false
  keyFrameInterval: number | undefined
  /** Monotonic milliseconds. */
  lastKeyFrameAt = 0
  #frames = 0
  #lastTimestamp = -1
  #lastGroup = -1

  constructor(layer: Layer) {
    this.layer = layer
  }

  /** Hot path, after the layer has taken the packet. */
  look(packet: Buffer, arrivedAt: number): void {
    const { layer } = this
    const { codec } = layer.track
    const timestamp = timestampOf(packet)
    if (timestamp !== this.#lastTimestamp) {
      this.#lastTimestamp = timestamp
      this.#frames++
    }
    const group = layer.groupStart
    if (group !== this.#lastGroup) {
      this.#lastGroup = group
      if (this.lastKeyFrameAt > 0) this.keyFrameInterval = (arrivedAt - this.lastKeyFrameAt) / 1000
      this.lastKeyFrameAt = arrivedAt
    }
    if (layer.history.next - group < 4) {
      const size = pictureSizeFromPacket(codec, packet)
      if (size) {
        layer.width = size.width
        layer.height = size.height
      }
    }
    if (codec === 'H264' && !this.bFrames && isBSlice(packet)) this.bFrames = true
  }

  /** What came since the last call: `octets` in `seconds`. */
  report(octets: number, seconds: number): LayerReport {
    const bitrate = Math.round((octets * 8) / seconds)
    const framesPerSecond = Math.round((this.#frames / seconds) * 10) / 10
    this.#frames = 0
    this.layer.bitrate = bitrate
    const { rid, width, height } = this.layer
    return {
      rid,
      bitrate,
      framesPerSecond,
      ...(width > 0 && { width, height }),
      ...(this.keyFrameInterval !== undefined && { keyFrameInterval: this.keyFrameInterval }),
    }
  }
}
