import { FakeTrack } from './fake-media.ts'

type Description = { type: string; sdp: string }
type SenderInit = { direction?: string; sendEncodings?: Record<string, unknown>[] }

class FakeTransport extends EventTarget {
  state = 'connected'

  /** The other side says goodbye. */
  close(): void {
    this.state = 'closed'
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeTransceiver {
  readonly mid: string
  readonly init: SenderInit
  readonly sender: {
    track: unknown
    transport: FakeTransport
    replaceTrack: (track: unknown) => Promise<void>
  }
  readonly receiver: { track: FakeTrack }
  /** What setCodecPreferences was told, as `mimeType fmtp`. */
  preferred: string[] = []

  constructor(mid: string, track: FakeTrack | 'audio' | 'video', init: SenderInit, transport: FakeTransport) {
    this.mid = mid
    this.init = init
    this.receiver = { track: new FakeTrack(typeof track === 'string' ? track : (track.kind as 'audio')) }
    this.sender = {
      track: typeof track === 'string' ? null : track,
      transport,
      replaceTrack: async (next) => {
        this.sender.track = next
      },
    }
  }

  setCodecPreferences(codecs: { mimeType: string; sdpFmtpLine?: string }[]): void {
    this.preferred = codecs.map(({ mimeType, sdpFmtpLine }) => [mimeType, sdpFmtpLine ?? ''].join(' ').trim())
  }
}

/** An RTCPeerConnection that connects, fails and reports what it is told to. */
export class FakePeer extends EventTarget {
  readonly configuration: RTCConfiguration
  readonly transceivers: FakeTransceiver[] = []
  readonly transport = new FakeTransport()
  readonly candidates: unknown[] = []
  connectionState = 'new'
  localDescription: Description | null = null
  remoteDescription: Description | null = null
  stats: Record<string, unknown>[] = []
  closed = false
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null

  constructor(configuration: RTCConfiguration = {}) {
    super()
    this.configuration = configuration
  }

  addTransceiver(track: FakeTrack | 'audio' | 'video', init: SenderInit = {}): FakeTransceiver {
    const transceiver = new FakeTransceiver(String(this.transceivers.length), track, init, this.transport)
    this.transceivers.push(transceiver)
    return transceiver
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers
  }

  async setLocalDescription(): Promise<void> {
    const type = this.remoteDescription ? 'answer' : 'offer'
    const sdp = 'v=0\r\na=ice-ufrag:me\r\na=ice-pwd:secret\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n'
    this.localDescription = { type, sdp }
  }

  async setRemoteDescription(description: Description): Promise<void> {
    this.remoteDescription = description
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate)
  }

  async getStats(): Promise<Map<string, Record<string, unknown>>> {
    return new Map(this.stats.map((stat) => [String(stat['id']), stat]))
  }

  close(): void {
    this.closed = true
    this.connectionState = 'closed'
  }

  /** Changes its connection state. */
  become(state: string): void {
    this.connectionState = state
    this.dispatchEvent(new Event('connectionstatechange'))
  }

  /** A track of the other side is announced; its media arrives with `unmute`. */
  announce(kind: 'audio' | 'video'): FakeTrack {
    const track = new FakeTrack(kind)
    track.muted = true
    this.dispatchEvent(Object.assign(new Event('track'), { track }))
    return track
  }

  /** Finds a candidate of its own, or, with null, no more. */
  find(candidate: string | null): void {
    const found = { candidate: candidate === null ? null : { candidate } }
    this.onicecandidate?.(found)
    this.dispatchEvent(Object.assign(new Event('icecandidate'), found))
  }
}
