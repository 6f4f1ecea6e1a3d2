import { PeerConnection, type Track, Video } from 'node-datachannel'
import type { TransportDescription } from '../../src/core/webrtc-transport.ts'
import { transportIn, virtualOffer } from '../../src/platform/webrtc/virtual-description.ts'

/** The SSRC that libdatachannel is told of; packets with any other pass as well. */
const NAMED_SSRC = 1

/**
 * A WebRTC client on libdatachannel: makes an offer, connects to an answer, sends any packet, hands over what
 * arrives. It may share a process with the server's transport, but not with another native WebRTC library.
 */
export class RtcPeer {
  /** What its offer says. */
  readonly description: TransportDescription
  onPacket: ((packet: Buffer) => void) | undefined
  readonly #connection: PeerConnection
  readonly #track: Track
  readonly #opened: Promise<void>

  /** Resolves once its candidates are known. `passive` makes the server the DTLS client. */
  static async create({ passive = false }: { passive?: boolean } = {}): Promise<RtcPeer> {
    const connection = new PeerConnection('client', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
      forceMediaTransport: true,
    })
    const media = new Video('0', 'SendRecv')
    media.addVP8Codec(96)
    media.addSSRC(NAMED_SSRC, 'client')
    const track = connection.addTrack(media)
    await new Promise<void>((resolve) => {
      connection.onGatheringStateChange((state) => state === 'complete' && resolve())
      connection.setLocalDescription('offer')
    })
    const local = transportIn(connection.localDescription()?.sdp ?? '')
    // Its candidates stay its own: a check that came before the answer would end libdatachannel's transport.
    return new RtcPeer(connection, track, {
      ...local,
      candidates: [],
      setup: passive ? 'passive' : 'actpass',
    })
  }

  private constructor(connection: PeerConnection, track: Track, description: TransportDescription) {
    this.description = description
    this.#connection = connection
    this.#track = track
    this.#opened = new Promise((resolve) => track.onOpen(resolve))
    track.onMessage((packet) => this.onPacket?.(packet))
  }

  /** Resolves once media can flow. */
  async connect(answer: TransportDescription): Promise<void> {
    const candidates = answer.candidates.map((candidate) => `a=candidate:${candidate}\r\n`).join('')
    this.#connection.setRemoteDescription(virtualOffer(answer) + candidates, 'answer')
    await this.#opened
  }

  /** False when it was not sent. */
  send(packet: Buffer): boolean {
    try {
      return this.#track.sendMessageBinary(packet)
    } catch {
      return false
    }
  }

  /** Goes without a word: libdatachannel says no goodbye. */
  close(): void {
    this.#track.close()
    this.#connection.close()
  }
}
