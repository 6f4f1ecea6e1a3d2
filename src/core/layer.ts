import type { AccessUnit } from '../media/access-unit.ts'
import { ParameterSetMemory } from '../media/h264/parameter-set-memory.ts'
import { PacketHistory } from '../media/rtp/packet-history.ts'
import { startsKeyFrame } from '../media/rtp/key-frame.ts'
import { UnitAssembler } from '../media/rtp/unit-assembler.ts'
import { UnitPacketizer } from '../media/rtp/unit-packetizer.ts'
import type { TrackInfo } from './track-info.ts'

/** Reads a layer as RTP. Called once per packet, so it must return at once and allocate nothing. */
export interface PacketReader {
  /** `index` is the packet's place in `layer.history`. */
  packetArrived(layer: Layer, index: number): void
}

/** Reads a layer as access units, complete and in order. Must return at once. */
export interface UnitReader {
  unitArrived(layer: Layer, unit: AccessUnit): void
}

/** When an RTP timestamp was captured, by the publisher's sender report (RFC 3550 §6.4.1) and the server's clock. */
export type CaptureClock = { readonly rtpTimestamp: number; readonly capturedAt: number }

/** Enough for the last seconds at 8 Mbit/s; older groups of pictures are not worth a joining viewer's wait. */
const VIDEO_HISTORY = { packets: 8192, bytes: 6 * 1024 * 1024 }
const AUDIO_HISTORY = { packets: 512, bytes: 256 * 1024 }
const MTU = 1200
/** How long the access-unit side waits for a missing packet, in milliseconds. RTP readers never wait. */
const REORDER_WAIT = 200

/** One encoding of a track: written by the publisher in either form, read by anyone in either form. */
export class Layer {
  readonly rid: string
  readonly track: TrackInfo
  readonly history: PacketHistory
  /** Last sender report; undefined until the publisher sent one. */
  captureClock: CaptureClock | undefined
  /** Bits per second over the last second; 0 while it sends nothing. */
  bitrate = 0
  /** Pixels of the last key frame, 0 until known. */
  width = 0
  height = 0
  readonly #onKeyFrameWanted: (layer: Layer) => void
  readonly #parameterSets: ParameterSetMemory | undefined
  #packetReaders: readonly PacketReader[] = []
  #unitReaders: readonly UnitReader[] = []
  #assembler: UnitAssembler | undefined
  #packetizer: UnitPacketizer | undefined
  #groupStart = -1
  #groupTimestamp = -1

  constructor(track: TrackInfo, rid: string, onKeyFrameWanted: (layer: Layer) => void) {
    this.track = track
    this.rid = rid
    this.history = new PacketHistory(track.kind === 'video' ? VIDEO_HISTORY : AUDIO_HISTORY)
    this.#onKeyFrameWanted = onKeyFrameWanted
    if (track.codec === 'H264') this.#parameterSets = new ParameterSetMemory()
  }

  /** H264 only: RTP payload with the latest parameter sets; the same object until they change. */
  get parameterSets(): Buffer | undefined {
    return this.#parameterSets?.payload
  }

  /** From another process, which heard the stream from its beginning. */
  set parameterSets(payload: Buffer | undefined) {
    if (this.#parameterSets) this.#parameterSets.payload = payload
  }

  /** Index in `history` where the latest group of pictures begins; -1 when none is held whole. */
  get groupStart(): number {
    return this.#groupStart >= this.history.oldest ? this.#groupStart : -1
  }

  /** Hot path. `arrivedAt` is monotonic milliseconds. */
  write(packet: Buffer, arrivedAt: number): void {
    const index = this.#keep(packet)
    if (index < 0) return
    this.#assembler?.push(packet, arrivedAt)
    this.#announce(index)
  }

  /** For publishers that have no RTP; it is made only if somebody reads RTP. */
  writeUnit(unit: AccessUnit): void {
    const unitReaders = this.#unitReaders
    for (let i = 0; i < unitReaders.length; i++) unitReaders[i]?.unitArrived(this, unit)
    if (this.#packetReaders.length === 0) return
    this.#packetizer ??= new UnitPacketizer({
      codec: this.track.codec,
      mtu: MTU,
      onPacket: (packet) => {
        const index = this.#keep(packet)
        if (index >= 0) this.#announce(index)
      },
    })
    this.#packetizer.push(unit)
  }

  /** Returns a function that stops reading. */
  readPackets(reader: PacketReader): () => void {
    this.#packetReaders = [...this.#packetReaders, reader]
    return () => {
      this.#packetReaders = this.#packetReaders.filter((other) => other !== reader)
    }
  }

  /** Returns a function that stops reading. The first reader starts the conversion, the last one ends it. */
  readUnits(reader: UnitReader): () => void {
    this.#unitReaders = [...this.#unitReaders, reader]
    this.#assembler ??= new UnitAssembler({
      codec: this.track.codec,
      maxWait: REORDER_WAIT,
      onUnit: (unit) => {
        const readers = this.#unitReaders
        for (let i = 0; i < readers.length; i++) readers[i]?.unitArrived(this, unit)
      },
    })
    return () => {
      this.#unitReaders = this.#unitReaders.filter((other) => other !== reader)
      if (this.#unitReaders.length === 0) this.#assembler = undefined
    }
  }

  /** Asks the publisher for a key frame; the publisher's side merges and throttles. */
  requestKeyFrame(): void {
    this.#onKeyFrameWanted(this)
  }

  #keep(packet: Buffer): number {
    const index = this.history.append(packet)
    if (index < 0 || this.track.kind === 'audio') return index
    this.#parameterSets?.look(packet)
    const timestamp = this.history.timestampOf(index)
    if (timestamp !== this.#groupTimestamp && startsKeyFrame(this.track.codec, packet)) {
      this.#groupTimestamp = timestamp
      this.#groupStart = index
    }
    return index
  }

  #announce(index: number): void {
    const readers = this.#packetReaders // replaced on change, so safe to walk while readers come and go
    for (let i = 0; i < readers.length; i++) readers[i]?.packetArrived(this, index)
  }
}
