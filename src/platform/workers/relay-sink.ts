import type { Sink } from '../../core/feed.ts'
import type { CaptureClock, Layer } from '../../core/layer.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { Track } from '../../core/track.ts'
import { FRAME } from './relay-frame.ts'
import type { RelayLink } from './relay-link.ts'

/** What a layer tells beside its packets. */
export type LayerState = { captureClock?: CaptureClock; bitrate: number; width: number; height: number }

const scratch = Buffer.allocUnsafeSlow(65_536)

/** Carries a feed out of this process. It begins with the kept group of pictures, so that newcomers there have one. */
export class RelaySink implements Sink {
  readonly closed: Promise<CloseReason>
  readonly #link: RelayLink
  readonly #channel: number
  #tracks: readonly Track[] = []
  #stopReading: (() => void)[] = []
  #settleClosed: (reason: CloseReason) => void = () => undefined

  constructor(link: RelayLink, channel: number) {
    this.#link = link
    this.#channel = channel
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
  }

  tracksChanged(tracks: readonly Track[]): void {
    this.#stop()
    this.#tracks = tracks
    this.#link.send(FRAME.tracks, this.#channel, Buffer.from(JSON.stringify(tracks.map(({ info }) => info))))
    tracks.forEach((track, trackIndex) => {
      track.layers.forEach((layer, layerIndex) => this.#export(layer, Buffer.from([trackIndex, layerIndex])))
    })
  }

  /** A viewer in another process needs a key frame. */
  keyFrameWanted(track: number, layer: number): void {
    this.#tracks[track]?.layers[layer]?.requestKeyFrame()
  }

  async close(reason: CloseReason): Promise<void> {
    this.#stop()
    this.#link.send(FRAME.ended, this.#channel, Buffer.alloc(0))
    this.#settleClosed(reason)
  }

  #export(layer: Layer, place: Buffer): void {
    const { history } = layer
    const start = layer.groupStart
    let told: LayerState | undefined
    const tell = () => {
      const { captureClock, bitrate, width, height } = layer
      told = { ...(captureClock && { captureClock }), bitrate, width, height }
      this.#link.send(FRAME.layerState, this.#channel, place, Buffer.from(JSON.stringify(told)))
    }
    const send = (index: number) => {
      const length = history.read(index, scratch)
      this.#link.send(FRAME.packet, this.#channel, place, scratch.subarray(0, length))
    }
    tell()
    if (start >= 0) for (let index = start; index < history.next; index++) send(index)
    this.#stopReading.push(
      layer.readPackets({
        packetArrived: (_layer, index) => {
          if (layer.captureClock !== told?.captureClock || layer.bitrate !== told?.bitrate) tell()
          send(index)
        },
      }),
    )
  }

  #stop(): void {
    for (const stop of this.#stopReading) stop()
    this.#stopReading = []
  }
}
