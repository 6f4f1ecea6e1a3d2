import { preferCodecs } from './codec-preference.ts'
import type { VideoCodec } from './publication.ts'

/** What is sent, and how well. */
export type OutgoingOptions = {
  simulcast?: boolean | undefined
  codecs?: readonly VideoCodec[] | undefined
  maxBitrate?: number | undefined
  audioBitrate?: number | undefined
}

type Kind = 'audio' | 'video'

const SIMULCAST_FROM = 720
/** Lowest first, as browsers expect; `share` is the part of the whole bit rate. */
const LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 4, share: 0.06 },
  { rid: 'h', scaleResolutionDownBy: 2, share: 0.24 },
  { rid: 'f', scaleResolutionDownBy: 1, share: 0.7 },
] as const

/** The tracks of a publication: they outlive each connection, and can be replaced while one is up. */
export class OutgoingMedia {
  readonly #options: OutgoingOptions
  readonly #tracks = new Map<Kind, MediaStreamTrack | null>()
  readonly #muted = new Set<Kind>()
  readonly #peers = new Map<RTCPeerConnection, Map<Kind, RTCRtpSender>>()

  constructor(stream: MediaStream, options: OutgoingOptions) {
    this.#options = options
    for (const kind of ['audio', 'video'] as const) {
      const track = trackOf(stream, kind)
      if (track) this.#tracks.set(kind, track)
    }
  }

  /** Adds what there is to a new connection, before its offer is made. */
  sendOver(peer: RTCPeerConnection): void {
    const { simulcast = false, codecs = ['H264', 'VP8'], maxBitrate = 2_500_000 } = this.#options
    const { audioBitrate = 96_000 } = this.#options
    const senders = new Map<Kind, RTCRtpSender>()
    for (const [kind, track] of this.#tracks) {
      const sendEncodings =
        kind === 'audio'
          ? [{ maxBitrate: audioBitrate }]
          : simulcast && track && isLarge(track)
            ? LAYERS.map(({ share, ...layer }) => ({ ...layer, maxBitrate: Math.round(maxBitrate * share) }))
            : [{ maxBitrate }]
      const transceiver = peer.addTransceiver(track ?? kind, { direction: 'sendonly', sendEncodings })
      if (kind === 'video') preferCodecs(transceiver, codecs)
      senders.set(kind, transceiver.sender)
    }
    this.#peers.set(peer, senders)
  }

  /** Stops caring for a connection that is over. */
  forget(peer: RTCPeerConnection): void {
    this.#peers.delete(peer)
  }

  /** Returns whether every connection could take it; otherwise they must be made anew. */
  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<boolean> {
    if (this.#muted.has(kind)) {
      const before = this.#tracks.get(kind)
      if (before) before.enabled = true
      if (track) track.enabled = false
    }
    if (track || this.#tracks.has(kind)) this.#tracks.set(kind, track)
    let taken = true
    for (const senders of this.#peers.values()) {
      const sender = senders.get(kind)
      if (sender) await sender.replaceTrack(track)
      else if (track) taken = false
    }
    return taken
  }

  /** As `replace`, for both kinds. */
  async replaceAll(stream: MediaStream): Promise<boolean> {
    const audio = await this.replace('audio', trackOf(stream, 'audio') ?? null)
    const video = await this.replace('video', trackOf(stream, 'video') ?? null)
    return audio && video
  }

  setMuted(kind: Kind, muted: boolean): void {
    if (muted) this.#muted.add(kind)
    else this.#muted.delete(kind)
    const track = this.#tracks.get(kind)
    if (track) track.enabled = !muted
  }

  isMuted(kind: Kind): boolean {
    return this.#muted.has(kind)
  }

  /** Gives the tracks back as they came. */
  release(): void {
    for (const kind of this.#muted) this.setMuted(kind, false)
    this.#peers.clear()
  }
}

function trackOf(stream: MediaStream, kind: Kind): MediaStreamTrack | undefined {
  return (kind === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks())[0]
}

/** 720 lines, or columns where a phone is held upright. */
function isLarge(track: MediaStreamTrack): boolean {
  const { width = 0, height = 0 } = track.getSettings()
  return Math.min(width, height) >= SIMULCAST_FROM
}
