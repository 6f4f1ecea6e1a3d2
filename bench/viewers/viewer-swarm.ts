import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { compiled } from './compiled.ts'

/** What all viewers together have received since the last reset. */
export type Counts = {
  viewers: number
  up: number
  receiving: number
  packets: number
  bytes: number
  expected: number
  received: number
  worstLoss: number
  cpuSeconds: number
}

/** A remote description as far as a viewer needs it. */
export type RemoteTransport = { ufrag: string; pwd: string; ip: string; port: number; setup: string }

const token = (length: number) => randomBytes(length).toString('hex').slice(0, length)

/** Reads out of an SDP answer what ICE and DTLS need. */
export function remoteTransportOf(sdp: string): RemoteTransport {
  const value = (name: string) => new RegExp(`a=${name}:(\\S+)`).exec(sdp)?.[1] ?? ''
  const candidate = /a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/i.exec(sdp)
  if (!candidate) throw new Error(`no host candidate in:\n${sdp}`)
  return {
    ufrag: value('ice-ufrag'),
    pwd: value('ice-pwd'),
    ip: candidate[1] ?? '',
    port: Number(candidate[2]),
    setup: value('setup'),
  }
}

/** Hundreds of WHEP viewers in one process of their own, which costs a fraction of what it measures. */
export class ViewerSwarm implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #fingerprint: Promise<string>
  readonly upAfter: number[] = []
  closed = 0
  #nextId = 0
  #onCounts: ((counts: Counts) => void) | undefined

  constructor({ profile = 'SRTP_AES128_CM_SHA1_80' } = {}) {
    this.#process = spawn(compiled('viewers'), [profile], { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: this.#process.stdout ?? process.stdin })
    this.#fingerprint = new Promise((resolve) => {
      lines.on('line', (line) => {
        const [word, ...rest] = line.split(' ')
        if (word === 'FINGERPRINT') resolve(rest.join(' '))
        else if (word === 'UP') this.upAfter.push(Number(rest[1]))
        else if (word === 'CLOSED') this.closed++
        else if (word === 'COUNTS') this.#onCounts?.(JSON.parse(rest.join(' ')) as Counts)
        else console.error('viewers:', line)
      })
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Adds one viewer: `negotiate` turns its offer into the server's answer. */
  async add(negotiate: (offer: string) => Promise<string>): Promise<void> {
    const local = { ufrag: token(8), pwd: token(24), fingerprint: await this.#fingerprint }
    const remote = remoteTransportOf(await negotiate(viewerOffer(local)))
    this.connect(local, remote)
  }

  /** For servers that make the offer: the description of ours that goes into the answer. */
  async localTransport(): Promise<{ ufrag: string; pwd: string; fingerprint: string }> {
    return { ufrag: token(8), pwd: token(24), fingerprint: await this.#fingerprint }
  }

  connect(local: { ufrag: string; pwd: string }, remote: RemoteTransport): void {
    const { ufrag, pwd, ip, port, setup } = remote
    const line = [
      'ADD',
      this.#nextId++,
      local.ufrag,
      local.pwd,
      ufrag,
      pwd,
      ip,
      port,
      setup === 'active' ? 1 : 0,
    ]
    this.#process.stdin?.write(`${line.join(' ')}\n`)
  }

  reset(): void {
    this.#process.stdin?.write('RESET\n')
  }

  counts(): Promise<Counts> {
    return new Promise((resolve) => {
      this.#onCounts = resolve
      this.#process.stdin?.write('DUMP\n')
    })
  }

  /** Ends all viewers at once without a goodbye. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.stdin?.end('QUIT\n')
    await gone
  }
}

function viewerOffer({
  ufrag,
  pwd,
  fingerprint,
}: {
  ufrag: string
  pwd: string
  fingerprint: string
}): string {
  const transport = [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
    'a=recvonly',
    'a=rtcp-mux',
  ]
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    ...transport,
    'a=mid:0',
    'a=rtpmap:111 opus/48000/2',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    ...transport,
    'a=mid:1',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:96 nack',
    'a=rtcp-fb:96 nack pli',
    '',
  ].join('\r\n')
}
