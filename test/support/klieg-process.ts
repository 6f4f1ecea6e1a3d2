import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = path.join(import.meta.dirname, '../..')

/** What POST /api/broadcasts answers, as far as tests need it. */
export type CreatedBroadcast = {
  id: string
  state: string
  streamKey: string
  urls: { studio: string; view: string; embed: string; whip: string; whep: string; signalling: string }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** The real server, as `klieg serve --open` runs it, on ports and in a data folder of its own. */
export class KliegProcess implements AsyncDisposable {
  readonly url: string
  readonly dataDir: string
  readonly #ownsDataDir: boolean
  readonly #process: ChildProcess
  /** Everything it wrote to stdout and stderr. */
  log = ''

  /** Resolves once /readyz answers. `env` overrides any setting; `dataDir` continues an earlier server's data. */
  static async start(
    options: { env?: NodeJS.ProcessEnv; dataDir?: string; args?: readonly string[] } = {},
  ): Promise<KliegProcess> {
    const port = options.env?.['KLIEG_PORT'] ?? String(await freePort())
    const server = new KliegProcess(`http://127.0.0.1:${port}`, port, options)
    for (let attempt = 0; attempt < 800; attempt++) {
      const ready = await fetch(`${server.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      )
      if (ready) return server
      if (server.#process.exitCode !== null) break
      await sleep(50)
    }
    await server[Symbol.asyncDispose]()
    throw new Error(`the server did not become ready:\n${server.log}`)
  }

  private constructor(
    url: string,
    port: string,
    {
      env = {},
      dataDir,
      args = ['serve', '--open'],
    }: { env?: NodeJS.ProcessEnv; dataDir?: string; args?: readonly string[] },
  ) {
    this.url = url
    this.dataDir = dataDir ?? mkdtempSync(path.join(tmpdir(), 'klieg-test-'))
    this.#ownsDataDir = dataDir === undefined
    this.#process = spawn(process.execPath, [path.join(ROOT, 'bin/klieg.ts'), ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        KLIEG_PORT: port,
        KLIEG_ICE_PORT: String(20_000 + (Number(port) % 20_000)),
        KLIEG_DATA_DIR: this.dataDir,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const remember = (chunk: Buffer) => (this.log += chunk.toString())
    this.#process.stdout?.on('data', remember)
    this.#process.stderr?.on('data', remember)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** The media workers' process ids. */
  get workers(): number[] {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
    return children.trim().split(' ').filter(Boolean).map(Number)
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text()
  }

  async createBroadcast(wanted: object = {}): Promise<CreatedBroadcast> {
    const response = await fetch(`${this.url}/api/broadcasts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    })
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`)
    return (await response.json()) as CreatedBroadcast
  }

  async broadcast(id: string): Promise<{
    state: string
    viewers: number
    codecs: string[]
    warnings: { code: string; cure: string }[]
  }> {
    const response = await fetch(`${this.url}/api/broadcasts/${id}`)
    return (await response.json()) as {
      state: string
      viewers: number
      codecs: string[]
      warnings: { code: string; cure: string }[]
    }
  }

  /** Waits until the broadcast is as `wanted` says. */
  async untilBroadcast(
    id: string,
    wanted: (view: { state: string; viewers: number }) => boolean,
    seconds = 15,
  ): Promise<void> {
    const deadline = performance.now() + seconds * 1000
    for (;;) {
      const view = await this.broadcast(id)
      if (wanted(view)) return
      if (performance.now() > deadline)
        throw new Error(`broadcast ${id} stayed ${JSON.stringify(view)}\n${this.log}`)
      await sleep(100)
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  async exited(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM')
    await this.exited()
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true })
  }
}
