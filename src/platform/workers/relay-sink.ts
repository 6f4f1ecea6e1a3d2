import type { Sink } from '../../core/feed.ts'
import type { CaptureClock, Layer, PacketReader } from '../../core/layer.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { Track } from '../../core/track.ts'
import { FRAME, type RelayOutlet } from './relay-frame.ts'

/** What a layer tells beside its packets. */
export type LayerState = {
  captureClock?: CaptureClock
  bitrate: number
  width: number
  height: number
  /** Base64. */
  parameterSets?: string
}

/** A longer group of pictures costs newcomers more than a fresh key frame costs everybody. */
const MAX_GROUP_PACKETS = 3000
const scratch = Buffer.allocUnsafeSlow(65_536)

/** Carries a feed out of this process. It begins with the kept group of pictures, so that newcomers there have one. */
export class RelaySink implements Sink {
  readonly closed: Promise<CloseReason>
  readonly #outlet: RelayOutlet
  readonly #channel: number
  #tracks: readonly Track[] = []
  #stopReading: (() => void)[] = []
  #isClosed = false
  #settleClosed: (reason: CloseReason) => void = () => undefined

  constructor(outlet: RelayOutlet, channel: number) {
    this.#outlet = outlet
    this.#channel = channel
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
  }

  tracksChanged(tracks: readonly Track[]): void {
    if (this.#isClosed) return
    this.#stop()
    this.#tracks = tracks
    const infos = Buffer.from(JSON.stringify(tracks.map(({ info }) => info)))
    this.#outlet.message(FRAME.tracks, this.#channel, infos)
    for (const [trackIndex, { layers }] of tracks.entries())
      for (const [layerIndex, layer] of layers.entries()) {
        const reader = new LayerExport(this.#outlet, this.#channel, trackIndex, layerIndex)
        reader.begin(layer)
        this.#stopReading.push(layer.readPackets(reader))
      }
  }

  /** A viewer in another process needs a key frame. */
  keyFrameWanted(track: number, layer: number): void {
    this.#tracks[track]?.layers[layer]?.requestKeyFrame()
  }

  async close(reason: CloseReason): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stop()
    this.#outlet.message(FRAME.ended, this.#channel, Buffer.alloc(0))
    this.#settleClosed(reason)
  }

  #stop(): void {
    for (const stop of this.#stopReading) stop()
    this.#stopReading = []
  }
}

/** Sends one layer: its state whenever that changed, and every packet. */
class LayerExport implements PacketReader {
  readonly #outlet: RelayOutlet
  readonly #channel: number
  readonly #track: number
  readonly #layer: number
  #told: LayerState | undefined
  #toldSets: Buffer | undefined

  constructor(outlet: RelayOutlet, channel: number, track: number, layer: number) {
    this.#outlet = outlet
    this.#channel = channel
    this.#track = track
    this.#layer = layer
  }

  begin(layer: Layer): void {
    const { groupStart, history } = layer
    this.#tell(layer)
    if (groupStart < 0 || history.next - groupStart > MAX_GROUP_PACKETS) return
    for (let index = groupStart; index < history.next; index++) this.#send(layer, index)
  }

  packetArrived(layer: Layer, index: number): void {
    const told = this.#told
    if (
      layer.captureClock !== told?.captureClock ||
      layer.bitrate !== told?.bitrate ||
      layer.width !== told.width ||
      layer.height !== told.height ||
      layer.parameterSets !== this.#toldSets
    )
      this.#tell(layer)
    this.#send(layer, index)
  }

  #tell({ captureClock, bitrate, width, height, parameterSets }: Layer): void {
    this.#told = { ...(captureClock && { captureClock }), bitrate, width, height }
    this.#toldSets = parameterSets
    const told = { ...this.#told, ...(parameterSets && { parameterSets: parameterSets.toString('base64') }) }
    const state = Buffer.from(`\0\0${JSON.stringify(told)}`)
    state[0] = this.#track
    state[1] = this.#layer
    this.#outlet.message(FRAME.layerState, this.#channel, state)
  }

  #send(layer: Layer, index: number): void {
    const length = layer.history.read(index, scratch)
    if (length > 0) this.#outlet.packet(this.#channel, this.#track, this.#layer, scratch, length)
  }
}
