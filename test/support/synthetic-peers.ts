import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const PUBLISHER = path.join(import.meta.dirname, '../../bench/synthetic-publisher.ts')
const ENCODED_PUBLISHER = path.join(import.meta.dirname, 'encoded-publisher.ts')
const VIEWERS = path.join(import.meta.dirname, 'many-viewers.ts')

/** A process that a test started; ended with its scope. */
export class PeerProcess implements AsyncDisposable {
  readonly #process: ChildProcess
  /** Last line of JSON that it printed. */
  latest: { connected: number; fewest: number } = { connected: 0, fewest: 0 }

  constructor(script: string, ...args: string[]) {
    this.#process = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#process.stdout ?? process.stdin }).on('line', (line) => {
      if (line.startsWith('{')) this.latest = JSON.parse(line) as typeof this.latest
    })
  }

  /** Resolves when it has printed something; rejects when it leaves before. */
  spoke(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#process.stdout?.once('data', () => resolve())
      this.#process.once('exit', (code) => reject(new Error(`the peer left with code ${String(code)}`)))
    })
  }

  /** Without a goodbye. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** libdatachannel as a client sometimes loses its own ICE transport before it begins; the next try works. */
const TRIES = 4

/** Sends VP8-shaped video and Opus-shaped audio; resolves when its media flows. */
export function syntheticPublisher(whip: string, key: string): Promise<PeerProcess> {
  return publisherProcess(PUBLISHER, whip, key)
}

/** Sends H264 and Opus that ffmpeg encoded, with key frames every second; resolves when its media flows. */
export function encodedPublisher(whip: string, key: string, size = '320x180'): Promise<PeerProcess> {
  return publisherProcess(ENCODED_PUBLISHER, whip, key, size)
}

async function publisherProcess(...command: [script: string, ...args: string[]]): Promise<PeerProcess> {
  for (let attempt = 1; ; attempt++) {
    const publisher = new PeerProcess(...command)
    try {
      await publisher.spoke()
      return publisher
    } catch (error) {
      if (attempt === TRIES) throw error
    }
  }
}

export function syntheticViewers(whep: string, count: number): PeerProcess {
  return new PeerProcess(VIEWERS, whep, String(count))
}
