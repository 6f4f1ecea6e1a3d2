import type { Feed, Source } from '../../../core/feed.ts'
import type { Layer } from '../../../core/layer.ts'
import type { LayerReport, WarningCode } from '../../../core/media-host.ts'
import type { CloseReason } from '../../../core/ports.ts'
import type { TrackInfo } from '../../../core/track-info.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { isRtcp, isRtp, ssrcOf } from '../../../media/rtp/packet.ts'
import {
  compactNtp,
  packetLength,
  packetType,
  BYE,
  reportRtpTimestamp,
  reportTime,
  SENDER_REPORT,
  senderSsrc,
} from '../../../media/rtcp/read.ts'
import { writeNack, writePli, writeReceiverReport, writeRemb } from '../../../media/rtcp/write.ts'
import type { PublishedTrack } from '../../../media/sdp/negotiate-publisher.ts'
import { bestFirst } from './choose-layer.ts'
import { IncomingStream } from './incoming-stream.ts'
import { LayerWatch } from './layer-watch.ts'
import type { SessionContext } from './session-context.ts'
import { trackIndexOf, ridIn } from './which-layer.ts'

const OUR_SSRC = 1
/** At most one key-frame request per layer in this time. */
const KEY_FRAME_PAUSE = 500
const LONG_INTERVAL = 4
/** The kept group of pictures is renewed at this age, in milliseconds, so that newcomers begin with a short one. */
const GROUP_REFRESH = 3000
const MAX_STREAMS = 16
const MIN_BITRATE = 150_000
const LOSSY = 0.1
/** Browsers believe the first estimates at once and later ones only slowly: these must come early and often. */
const OPENING = { lasts: 3000, every: 200 }

const scratch = Buffer.alloc(512)

type Incoming = { stream: IncomingStream; watch: LayerWatch | undefined }

/** One publisher: tells its streams apart and writes them to the feed; asks it for what is missing. */
export class PublisherSession implements Source {
  readonly id: string
  readonly closed: Promise<CloseReason>
  readonly #feed: Feed
  readonly #pipe: MediaPipe
  readonly #context: SessionContext
  readonly #published: readonly PublishedTrack[]
  readonly #layers: readonly (readonly Layer[])[]
  readonly #incoming = new Map<number, Incoming>()
  readonly #askedAt = new Map<Layer, number>()
  readonly #owed = new Set<Layer>()
  #clockOffset = 0
  #heardAt: number
  #reportedAt: number
  #maxBitrate: number
  #openedAt = 0
  #announcedSizes = ''
  #ratedAt = 0

  constructor(options: {
    id: string
    feed: Feed
    pipe: MediaPipe
    published: readonly PublishedTrack[]
    context: SessionContext
  }) {
    const { id, feed, pipe, published, context } = options
    this.id = id
    this.closed = pipe.closed
    this.#feed = feed
    this.#pipe = pipe
    this.#context = context
    this.#published = published
    this.#maxBitrate = context.maxBitrate
    this.#heardAt = this.#reportedAt = context.clock.monotonic()
    this.#layers = feed.publish(this, published.map(trackInfoOf)).map(({ layers }) => layers)
    pipe.onPacket = (packet) => this.#onPacket(packet)
    void pipe.connected.then((connected) => connected && this.#onConnected())
    void pipe.closed.then(() => feed.unpublish(this))
  }

  setClockOffset(offset: number): void {
    this.#clockOffset = offset
  }

  close(reason: CloseReason): Promise<void> {
    return this.#pipe.close(reason)
  }

  /** Merged with other requests; the one that comes too early is kept and made later. */
  requestKeyFrame(layer: Layer): void {
    const now = this.#context.clock.monotonic()
    const asked = this.#askedAt.get(layer)
    if (asked !== undefined && now - asked < KEY_FRAME_PAUSE) {
      this.#owed.add(layer)
      return
    }
    this.#owed.delete(layer)
    for (const [ssrc, { stream }] of this.#incoming) {
      if (stream.layer !== layer) continue
      this.#pipe.send(scratch.subarray(0, writePli(scratch, OUR_SSRC, ssrc)))
      this.#askedAt.set(layer, now)
    }
  }

  /** Several times a second: asks again for what is still missing. */
  tick(now: number): void {
    if (this.#pipe.state !== 'connected') return
    if (now - this.#heardAt > this.#context.publisherSilence) {
      void this.close('timeout')
      return
    }
    for (const { stream, watch } of this.#incoming.values()) {
      this.#askForMissing(stream, now)
      if (watch && now - watch.lastKeyFrameAt > GROUP_REFRESH) this.requestKeyFrame(watch.layer)
    }
    for (const layer of this.#owed) this.requestKeyFrame(layer)
    if (now - this.#openedAt < OPENING.lasts && now - this.#ratedAt >= OPENING.every) this.#sayRate(now)
    if (now - this.#reportedAt >= 1000) this.#report(now)
  }

  #onConnected(): void {
    this.#heardAt = this.#context.clock.monotonic()
    this.#context.events.emit('sessionConnected', { sessionId: this.id })
    this.#announceTracks()
  }

  /** Hot path. */
  #onPacket(packet: Buffer): void {
    const now = this.#context.clock.monotonic()
    this.#heardAt = now
    if (isRtcp(packet)) {
      this.#onRtcp(packet, now)
      return
    }
    if (!isRtp(packet)) return
    const incoming = this.#incoming.get(ssrcOf(packet)) ?? this.#learn(packet)
    if (!incoming) return
    const { stream, watch } = incoming
    const missing = stream.count(packet, now)
    stream.layer.write(packet, now)
    watch?.look(packet, now)
    if (missing) this.#askForMissing(stream, now)
  }

  /** The first packets of an SSRC say by payload type, MID and RID which layer it is. */
  #learn(packet: Buffer): Incoming | undefined {
    if (this.#incoming.size >= MAX_STREAMS) return undefined
    const index = trackIndexOf(this.#published, packet)
    const published = this.#published[index]
    const layers = this.#layers[index]
    if (!published || !layers) return undefined
    const rid = ridIn(published, packet)
    const layer = layers.length === 1 ? layers[0] : layers.find((candidate) => candidate.rid === rid)
    if (!layer) return undefined
    const incoming: Incoming = {
      stream: new IncomingStream(ssrcOf(packet), layer),
      watch: published.kind === 'video' ? new LayerWatch(layer) : undefined,
    }
    this.#incoming.set(incoming.stream.ssrc, incoming)
    if (published.kind === 'video') this.#openRate()
    return incoming
  }

  #onRtcp(compound: Buffer, now: number): void {
    let offset = 0
    for (;;) {
      const length = packetLength(compound, offset)
      if (length < 8) return
      const type = packetType(compound, offset)
      if (type === BYE) {
        void this.close('ended')
        return
      }
      const stream = this.#incoming.get(senderSsrc(compound, offset))?.stream
      if (type === SENDER_REPORT && length >= 28 && stream) {
        stream.lastReport = compactNtp(compound, offset)
        stream.lastReportAt = now
        stream.layer.captureClock = {
          rtpTimestamp: reportRtpTimestamp(compound, offset),
          capturedAt: reportTime(compound, offset) + this.#clockOffset,
        }
      }
      offset += length
    }
  }

  #askForMissing(stream: IncomingStream, now: number): void {
    stream.askForMissing(now, (sequence) => {
      this.#pipe.send(scratch.subarray(0, writeNack(scratch, OUR_SSRC, stream.ssrc, sequence, 0)))
    })
  }

  #report(now: number): void {
    const seconds = (now - this.#reportedAt) / 1000
    this.#reportedAt = now
    const streams = [...this.#incoming.values()]
    const blocks = streams.map(({ stream }) => stream.report(now))
    if (blocks.length > 0)
      this.#pipe.send(scratch.subarray(0, writeReceiverReport(scratch, OUR_SSRC, blocks)))
    const expected = blocks.reduce((sum, block) => sum + block.expected, 0)
    const missed = blocks.reduce((sum, block) => sum + block.missed, 0)
    const loss = expected > 0 ? missed / expected : 0
    this.#adaptRate(loss)
    this.#sayRate(now)
    const layers: LayerReport[] = []
    let bitrate = 0
    for (const { stream, watch } of streams) {
      bitrate += (stream.octets * 8) / seconds
      if (watch) layers.push(watch.report(stream.octets, seconds))
      stream.octets = 0
    }
    this.#context.events.emit('publisherReported', {
      sessionId: this.id,
      broadcastId: this.#feed.broadcastId,
      bitrate: Math.round(bitrate),
      loss,
      layers,
      warnings: this.#warnings(streams, now),
    })
    if (this.#sizes() !== this.#announcedSizes) this.#announceTracks()
  }

  #openRate(): void {
    const now = this.#context.clock.monotonic()
    this.#openedAt ||= now
    this.#sayRate(now)
  }

  /** The rate comes back by steps after losses. */
  #adaptRate(loss: number): void {
    const { maxBitrate } = this.#context
    this.#maxBitrate =
      loss > LOSSY
        ? Math.max(MIN_BITRATE, this.#maxBitrate * (1 - loss / 2))
        : Math.min(maxBitrate, this.#maxBitrate * 1.08)
  }

  #sayRate(now: number): void {
    this.#ratedAt = now
    const media: number[] = []
    for (const [ssrc, { watch }] of this.#incoming) if (watch) media.push(ssrc)
    if (media.length > 0)
      this.#pipe.send(scratch.subarray(0, writeRemb(scratch, OUR_SSRC, this.#maxBitrate, media)))
  }

  /** Whoever makes key frames when asked never reaches this interval, for we ask sooner. */
  #warnings(streams: readonly Incoming[], now: number): WarningCode[] {
    const warnings: WarningCode[] = []
    if (streams.some(({ watch }) => watch?.bFrames)) warnings.push('b-frames')
    const isDeaf = ({ watch }: Incoming) =>
      watch !== undefined &&
      watch.layer.bitrate > 0 &&
      ((watch.keyFrameInterval ?? 0) > LONG_INTERVAL ||
        now - watch.lastKeyFrameAt > LONG_INTERVAL * 1000 + KEY_FRAME_PAUSE)
    if (streams.some(isDeaf)) warnings.push('long-key-frame-interval')
    return warnings
  }

  #sizes(): string {
    return this.#layers
      .flat()
      .map(({ width, height }) => `${width}x${height}`)
      .join()
  }

  #announceTracks(): void {
    this.#announcedSizes = this.#sizes()
    const tracks = this.#published.map((published, index) => ({
      ...trackInfoOf(published),
      layers: bestFirst(this.#layers[index] ?? []).map(({ rid, width, height }) => ({
        rid,
        ...(width > 0 && { width, height }),
      })),
    }))
    this.#context.events.emit('tracksChanged', {
      sessionId: this.id,
      broadcastId: this.#feed.broadcastId,
      tracks,
    })
  }
}

function trackInfoOf({ kind, codec, clockRate, channels, fmtp, rids }: PublishedTrack): TrackInfo {
  return {
    kind,
    codec,
    clockRate,
    ...(kind === 'audio' && { channels }),
    ...(fmtp && { fmtp }),
    layers: rids.length > 0 ? rids.map((rid) => ({ rid })) : [{ rid: '' }],
  }
}
