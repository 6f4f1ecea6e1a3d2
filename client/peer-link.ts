import { onNetworkChange } from './network-change.ts'
import { ProblemError } from './problem-error.ts'

const CONNECT_WITHIN = 10_000
/** A short gap heals by itself; after this long, a new connection is quicker. */
const DISCONNECTED_FOR = 2000
/** In which a living peer sends something. */
const SILENT_FOR = 1200

/** Watches over one RTCPeerConnection: when it is up, and when it is lost. */
export class PeerLink {
  /** Resolves once. Rejects with the problem of `lost` when that comes first. */
  readonly connected: Promise<unknown>
  /** Resolves with why it is over. Never rejects. */
  readonly lost: Promise<ProblemError>
  readonly #peer: RTCPeerConnection
  readonly #silentFor: number
  readonly #lose: (problem: ProblemError) => void
  readonly #stopListening: () => void
  #grace: ReturnType<typeof setTimeout> | undefined
  #up = false
  #over = false
  #probing = false

  constructor(peer: RTCPeerConnection, options: { signal: AbortSignal; silentFor?: number }) {
    const { signal, silentFor = SILENT_FOR } = options
    this.#peer = peer
    this.#silentFor = silentFor
    const connected = Promise.withResolvers<undefined>()
    const lost = Promise.withResolvers<ProblemError>()
    this.connected = connected.promise
    this.connected.catch(() => undefined) // whoever waits for it hears of it
    this.lost = lost.promise

    const patience = setTimeout(() => {
      this.lose(
        new ProblemError(
          'connect-timeout',
          'No media path to the server could be found: a firewall may block UDP.',
        ),
      )
    }, CONNECT_WITHIN)
    const changed = () => {
      this.#changed()
      if (!this.#up) return
      clearTimeout(patience)
      connected.resolve(undefined)
    }
    const networkChanged = () => this.probe()
    const stopNetwork = onNetworkChange(networkChanged)
    const aborted = () => this.lose(new ProblemError('closed', 'Closed by this page.'))
    peer.addEventListener('connectionstatechange', changed)
    signal.addEventListener('abort', aborted)

    this.#stopListening = () => {
      peer.removeEventListener('connectionstatechange', changed)
      signal.removeEventListener('abort', aborted)
      stopNetwork()
      clearTimeout(patience)
      clearTimeout(this.#grace)
    }
    this.#lose = (problem) => {
      lost.resolve(problem)
      connected.reject(problem)
    }
    changed()
    if (signal.aborted) aborted()
  }

  /** Gives the connection up. Any number of times; the first reason counts. */
  lose(problem: ProblemError): void {
    if (this.#over) return
    this.#over = true
    this.#stopListening()
    this.#lose(problem)
  }

  /** Something hints at a loss: does anything still arrive? */
  probe(): void {
    if (!this.#up || this.#over || this.#probing) return
    this.#probing = true
    void this.#isSilent().then((silent) => {
      this.#probing = false
      if (silent) this.lose(connectionLost())
    })
  }

  #changed(): void {
    const { connectionState } = this.#peer
    clearTimeout(this.#grace)
    if (connectionState === 'connected') {
      if (!this.#up) this.#watchTransports()
      this.#up = true
    }
    if (connectionState === 'failed' || connectionState === 'closed') this.lose(connectionLost())
    if (connectionState === 'disconnected' && this.#up)
      this.#grace = setTimeout(() => this.lose(connectionLost()), DISCONNECTED_FOR)
  }

  /** The other side's goodbye (DTLS close_notify) shows here and nowhere else. */
  #watchTransports(): void {
    for (const { sender } of this.#peer.getTransceivers()) {
      const { transport } = sender as { transport?: RTCDtlsTransport | null }
      transport?.addEventListener('statechange', () => {
        if (transport.state === 'closed' || transport.state === 'failed')
          this.lose(new ProblemError('closed-by-remote', 'The other side closed the connection.'))
      })
    }
  }

  async #isSilent(): Promise<boolean> {
    const before = await this.#received()
    await new Promise((resolve) => setTimeout(resolve, this.#silentFor))
    return (await this.#received()) <= before
  }

  async #received(): Promise<number> {
    let received = 0
    try {
      for (const stat of (await this.#peer.getStats()).values() as Iterable<Record<string, unknown>>)
        if (stat['type'] === 'candidate-pair')
          received += Number(stat['bytesReceived'] ?? 0) + Number(stat['responsesReceived'] ?? 0)
    } catch {
      // a closed connection is silent
    }
    return received
  }
}

function connectionLost(): ProblemError {
  return new ProblemError('connection-lost', 'The connection was lost.')
}
