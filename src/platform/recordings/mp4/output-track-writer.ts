import {
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny'
import type { Beginning } from '../../../core/recording/stretches.ts'
import { withParameterSets } from './parameter-sets.ts'
import type { OpenStretch, RenditionPackets } from './rendition-packets.ts'

type Source = EncodedVideoPacketSource | EncodedAudioPacketSource
type Config = NonNullable<Awaited<ReturnType<(InputVideoTrack | InputAudioTrack)['getDecoderConfig']>>>

/** One track of the MP4 and the rendition that fills it, period by period. */
export class OutputTrackWriter {
  readonly source: Source
  readonly #codec: string
  readonly #stretches: AsyncGenerator<OpenStretch, void, unknown>
  #stretch: OpenStretch | undefined
  #config: Config | undefined

  /** Undefined where there is nothing that an MP4 could hold. */
  static async open(packets: RenditionPackets): Promise<OutputTrackWriter | undefined> {
    const stretches = packets.stretches()
    const { value: first, done } = await stretches.next()
    if (done) return undefined
    const { track } = first
    const codec = await track.getCodec()
    if (codec === null) return undefined
    const source = track.isVideoTrack()
      ? new EncodedVideoPacketSource(codec as ConstructorParameters<typeof EncodedVideoPacketSource>[0])
      : new EncodedAudioPacketSource(codec as ConstructorParameters<typeof EncodedAudioPacketSource>[0])
    return new OutputTrackWriter(source, { codec, stretches, first })
  }

  private constructor(
    source: Source,
    {
      codec,
      stretches,
      first,
    }: { codec: string; stretches: AsyncGenerator<OpenStretch, void, unknown>; first: OpenStretch },
  ) {
    this.source = source
    this.#codec = codec
    this.#stretches = stretches
    this.#stretch = first
  }

  /** Of what comes next; undefined at the end. */
  get period(): number | undefined {
    return this.#stretch?.period
  }

  /** Of what comes next. */
  get beginning(): Beginning {
    return this.#stretch ?? { timestamp: 0, startedAt: 0 }
  }

  add(packet: EncodedPacket): Promise<void> {
    const config = this.#config
    return this.source instanceof EncodedVideoPacketSource
      ? this.source.add(packet, { decoderConfig: config as VideoDecoderConfig })
      : this.source.add(packet, { decoderConfig: config as AudioDecoderConfig })
  }

  /** All that belongs to the period that comes next, moved by `shift` seconds. */
  async *packetsOfPeriod(shift: number): AsyncGenerator<EncodedPacket, void, unknown> {
    const { period } = this
    while (this.#stretch?.period === period && this.#stretch) {
      const { track } = this.#stretch
      // What another codec sent after all cannot go on in the same track.
      if ((await track.getCodec()) === this.#codec) {
        let changed = await this.#configure(track)
        for await (const packet of this.#stretch.packets()) {
          yield packet.clone({
            timestamp: packet.timestamp + shift,
            ...(changed && { data: withParameterSets(packet.data, changed) }),
          })
          changed = undefined
        }
      }
      const { value, done } = await this.#stretches.next()
      this.#stretch = done ? undefined : value
    }
  }

  /** The H264 configuration that has to go in front of the next key frame, if any. */
  async #configure(track: OpenStretch['track']): Promise<Uint8Array | undefined> {
    const config = await track.getDecoderConfig()
    if (!config) throw new Error('this rendition does not say how to decode it')
    const before = this.#config && descriptionOf(this.#config)
    const now = descriptionOf(config)
    this.#config ??= config
    if (this.#codec !== 'avc' || !before || !now) return undefined
    return before.equals(now) ? undefined : now
  }
}

function descriptionOf(config: Config): Buffer | undefined {
  const description = config.description as ArrayBuffer | Uint8Array<ArrayBuffer> | undefined
  if (!description) return undefined
  if (!ArrayBuffer.isView(description)) return Buffer.from(description)
  return Buffer.from(description.buffer, description.byteOffset, description.byteLength)
}
