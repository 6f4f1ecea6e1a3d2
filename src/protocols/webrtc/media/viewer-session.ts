import type { Sink } from '../../../core/feed.ts'
import type { Layer } from '../../../core/layer.ts'
import type { LayerSelection } from '../../../core/media-host.ts'
import type { CloseReason } from '../../../core/ports.ts'
import type { Track } from '../../../core/track.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { bringsParameterSets } from '../../../media/h264/parameter-set-memory.ts'
import { isRtcp } from '../../../media/rtp/packet.ts'
import { timestampDistance } from '../../../media/rtp/sequence.ts'
import type { SentTrack } from '../../../media/sdp/negotiate-viewer.ts'
import { chooseLayer } from './choose-layer.ts'
import type { FanOuts } from './fan-outs.ts'
import { Forwarder } from './forwarder.ts'
import type { SessionContext } from './session-context.ts'
import { ViewerFeedback } from './viewer-feedback.ts'

/** Which start a joining viewer gets. */
export type FirstFrame = 'group' | 'key-frame'

/** Older groups of pictures cost a newcomer more to decode than a fresh key frame costs everybody. */
const MAX_GROUP_TICKS = 4 * 90_000
const MAX_GROUP_PACKETS = 3000

type Outgoing = {
  readonly sent: SentTrack
  readonly forwarder: Forwarder
  track: Track | undefined
  /** What it receives now. */
  layer: Layer | undefined
  /** A layer whose next key frame it waits for. */
  wanted: Layer | undefined
  stopWaiting: () => void
}

export type ViewerOptions = {
  id: string
  pipe: MediaPipe
  sent: readonly SentTrack[]
  fanOuts: FanOuts
  context: SessionContext
  firstFrame: FirstFrame
}

/** One viewer: takes the layers it should see from the feed and sends them through its pipe. */
export class ViewerSession implements Sink {
  readonly id: string
  readonly closed: Promise<CloseReason>
  readonly #options: ViewerOptions
  readonly #outgoing: readonly Outgoing[]
  readonly #feedback: ViewerFeedback
  #selection: LayerSelection = {}
  #connected = false
  #heardAt = 0
  #reportedOctets = 0

  constructor(options: ViewerOptions) {
    const { id, pipe, sent, context } = options
    this.#options = options
    this.id = id
    this.closed = pipe.closed
    this.#outgoing = sent.map((track) => ({
      sent: track,
      forwarder: new Forwarder({
        pipe,
        payloadType: track.payloadType,
        ssrc: track.ssrc,
        clockRate: track.kind === 'audio' ? 48_000 : 90_000,
        random: Math.random,
      }),
      track: undefined,
      layer: undefined,
      wanted: undefined,
      stopWaiting: () => undefined,
    }))
    this.#feedback = new ViewerFeedback({
      forwarders: this.#outgoing.map(({ forwarder }) => forwarder),
      clock: context.clock,
    })
    pipe.onPacket = (packet) => this.#onPacket(packet)
    void pipe.connected.then((connected) => connected && this.#onConnected())
    void pipe.closed.then(() => this.#stop())
  }

  /** Same codecs go on in the same stream; others would need another answer. */
  tracksChanged(tracks: readonly Track[]): void {
    for (const outgoing of this.#outgoing) {
      const track = tracks.find(({ info }) => info.kind === outgoing.sent.kind)
      if (track && track.info.codec !== outgoing.sent.codec) {
        void this.close('incompatible')
        return
      }
      this.#leave(outgoing)
      outgoing.track = track
      if (this.#connected) this.#start(outgoing)
    }
  }

  select(selection: LayerSelection): void {
    this.#selection = selection
    for (const outgoing of this.#outgoing) this.#reconsider(outgoing)
  }

  close(reason: CloseReason): Promise<void> {
    return this.#options.pipe.close(reason)
  }

  /** About once a second. */
  tick(): void {
    if (!this.#connected) return
    const { context, pipe } = this.#options
    if (context.clock.monotonic() - this.#heardAt > context.viewerSilence) {
      void this.close('timeout')
      return
    }
    for (const outgoing of this.#outgoing) this.#reconsider(outgoing)
    for (const { layer, forwarder } of this.#outgoing) {
      const report = layer && this.#feedback.senderReport(layer, forwarder)
      if (report) pipe.send(report)
    }
    this.#report()
  }

  #onConnected(): void {
    this.#connected = true
    this.#heardAt = this.#options.context.clock.monotonic()
    this.#options.context.events.emit('sessionConnected', { sessionId: this.id })
    for (const outgoing of this.#outgoing) this.#start(outgoing)
  }

  #onPacket(packet: Buffer): void {
    this.#heardAt = this.#options.context.clock.monotonic()
    if (!isRtcp(packet)) return
    const wants = this.#feedback.read(packet)
    if (wants === 0) return
    for (const { forwarder, layer, wanted } of this.#outgoing)
      if (forwarder.ssrc === wants) (wanted ?? layer)?.requestKeyFrame()
  }

  /** Old pictures at once where there are any worth it, else the next key frame. Audio needs neither. */
  #start(outgoing: Outgoing): void {
    const { track } = outgoing
    if (!track) return
    const layer = chooseLayer(track.layers, undefined, this.#selection, this.#feedback.estimate)
    if (!layer) return
    const { history } = layer
    if (track.info.kind === 'audio') {
      this.#joinAtNext(outgoing, layer)
      return
    }
    const start = layer.groupStart
    const newest = history.next - 1
    const worthIt =
      this.#options.firstFrame === 'group' &&
      start >= 0 &&
      history.next - start <= MAX_GROUP_PACKETS &&
      timestampDistance(history.timestampOf(start), history.timestampOf(newest)) <= MAX_GROUP_TICKS
    if (worthIt) this.#join(outgoing, layer, start, history.timestampOf(newest))
    else this.#await(outgoing, layer)
  }

  #join(outgoing: Outgoing, layer: Layer, index: number, liveFrom: number): void {
    this.#leave(outgoing)
    const { history } = layer
    const now = this.#options.context.clock.monotonic()
    outgoing.layer = layer
    const sequence = history.sequenceOf(index)
    const timestamp = history.timestampOf(index)
    outgoing.forwarder.begin(
      layer,
      { sequence, timestamp, liveFrom, preamble: preambleOf(layer, index) },
      now,
    )
    this.#options.fanOuts.add(layer, outgoing.forwarder, index)
  }

  /** Audio can be decoded from any packet on. */
  #joinAtNext(outgoing: Outgoing, layer: Layer): void {
    this.#waitFor(outgoing, layer, () => true)
  }

  #await(outgoing: Outgoing, layer: Layer): void {
    this.#waitFor(outgoing, layer, (index) => index === layer.groupStart)
    layer.requestKeyFrame()
  }

  #waitFor(outgoing: Outgoing, layer: Layer, isStart: (index: number) => boolean): void {
    outgoing.stopWaiting()
    outgoing.wanted = layer
    outgoing.stopWaiting = layer.readPackets({
      packetArrived: (_layer, index) => {
        if (!isStart(index)) return
        this.#join(outgoing, layer, index, layer.history.timestampOf(index))
      },
    })
  }

  #reconsider(outgoing: Outgoing): void {
    const { track, layer, wanted } = outgoing
    if (!this.#connected || !track || track.info.kind === 'audio' || track.layers.length < 2) {
      if (wanted && wanted.track.kind === 'video') wanted.requestKeyFrame()
      return
    }
    const best = chooseLayer(track.layers, wanted ?? layer, this.#selection, this.#feedback.estimate)
    if (!best || best === layer) {
      outgoing.stopWaiting()
      outgoing.wanted = undefined
    } else this.#await(outgoing, best)
  }

  #leave(outgoing: Outgoing): void {
    outgoing.stopWaiting()
    outgoing.stopWaiting = () => undefined
    outgoing.wanted = undefined
    if (outgoing.layer) this.#options.fanOuts.remove(outgoing.layer, outgoing.forwarder)
    outgoing.layer = undefined
  }

  #stop(): void {
    this.#connected = false
    for (const outgoing of this.#outgoing) this.#leave(outgoing)
  }

  #report(): void {
    const { events } = this.#options.context
    let octets = 0
    let dropped = 0
    for (const { forwarder } of this.#outgoing) {
      octets += forwarder.octets
      dropped += forwarder.dropped
    }
    const video = this.#outgoing.find(({ sent }) => sent.kind === 'video')
    const { roundTripTime, estimate } = this.#feedback
    events.emit('viewerReported', {
      sessionId: this.id,
      bitrate: (octets - this.#reportedOctets) * 8,
      loss: estimate.loss,
      ...(roundTripTime !== undefined && { roundTripTime }),
      ...(video?.layer && { rid: video.layer.rid }),
      dropped,
    })
    this.#reportedOctets = octets
    const captured = video?.layer?.captureClock
    if (captured)
      events.emit('captureClock', {
        sessionId: this.id,
        rtpTimestamp: (captured.rtpTimestamp + video.forwarder.timestampOffset) >>> 0,
        capturedAt: captured.capturedAt,
      })
  }
}

const firstPacket = Buffer.allocUnsafeSlow(2048)

/** What a decoder needs before the packet that it starts with: H264 encoders may send parameter sets only once. */
function preambleOf({ parameterSets, history }: Layer, index: number): Buffer | undefined {
  if (!parameterSets) return undefined
  const packet = firstPacket.subarray(0, history.read(index, firstPacket))
  return bringsParameterSets(packet) ? undefined : parameterSets
}
