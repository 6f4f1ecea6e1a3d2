import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { processTree } from './processor-time.ts'

const ROOT = path.join(import.meta.dirname, '..')

export type NewBroadcast = {
  id: string
  streamKey: string
  urls: { whip: string; whep: string; view: string; hls: string }
}

type StartOptions = { port?: number; icePort?: number; workers?: number; env?: NodeJS.ProcessEnv }

/** A server as `klieg serve --open` runs it, in a process and a data folder of its own. */
export class KliegServer implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly dataDir: string
  readonly #publishers: ChildProcess[] = []
  /** Milliseconds from spawn until /healthz answered. */
  readonly startedAfter: number

  static async start({
    port = 18_700,
    icePort = 18_800,
    workers = 1,
    env = {},
  }: StartOptions = {}): Promise<KliegServer> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'klieg-bench-'))
    const spawnedAt = performance.now()
    const server = spawn(process.execPath, ['bin/klieg.ts', 'serve', '--open'], {
      cwd: ROOT,
      env: {
        ...process.env,
        KLIEG_PORT: String(port),
        KLIEG_ICE_PORT: String(icePort),
        KLIEG_WORKERS: String(workers),
        KLIEG_DATA_DIR: dataDir,
        KLIEG_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const url = `http://127.0.0.1:${port}`
    while (
      !(await fetch(`${url}/healthz`)
        .then((response) => response.ok)
        .catch(() => false))
    ) {
      if (server.exitCode !== null) throw new Error(`the server left with code ${server.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return new KliegServer(url, server, dataDir, performance.now() - spawnedAt)
  }

  private constructor(url: string, server: ChildProcess, dataDir: string, startedAfter: number) {
    this.url = url
    this.#process = server
    this.dataDir = dataDir
    this.startedAfter = startedAfter
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** The media workers. */
  get workers(): number[] {
    return processTree(this.pid).slice(1)
  }

  async createBroadcast({ record = false } = {}): Promise<NewBroadcast> {
    const response = await fetch(`${this.url}/api/broadcasts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'bench', record }),
    })
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    return (await response.json()) as NewBroadcast
  }

  /** Starts the synthetic publisher and waits until its media can flow. */
  async publish({ urls, streamKey }: NewBroadcast, { framesPerSecond = 30 } = {}): Promise<void> {
    await this.#publishWith('synthetic-publisher.ts', urls.whip, streamKey, String(framesPerSecond))
  }

  /** Starts cameras that send real H264, all in one process, and waits until their media can flow. */
  async publishCameras(
    broadcasts: readonly NewBroadcast[],
    { bitsPerSecond = 2_500_000 } = {},
  ): Promise<void> {
    const places = broadcasts.flatMap(({ urls, streamKey }) => [urls.whip, streamKey])
    await this.#publishWith('camera-publisher.ts', String(bitsPerSecond), ...places)
  }

  async #publishWith(script: string, ...settings: readonly string[]): Promise<void> {
    const publisher = spawn(process.execPath, [path.join(import.meta.dirname, script), ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#publishers.push(publisher)
    await once(publisher.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, 500)) // the first key frame
  }

  /** One WHEP negotiation. */
  async watch(broadcast: NewBroadcast, offer: string): Promise<string> {
    const response = await fetch(broadcast.urls.whep, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offer,
    })
    const answer = await response.text()
    if (response.status !== 201) throw new Error(`${response.status}: ${answer}`)
    return answer
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const publisher of this.#publishers) publisher.kill()
    const gone = once(this.#process, 'exit')
    this.#process.kill()
    await gone
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}
