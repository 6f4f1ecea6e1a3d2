import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** examples/hls-uploader, as it is, with a folder of its own to spool in. */
export class HlsUploaderProcess implements AsyncDisposable {
  /** What it wrote to stdout: the stream as it was started, and as it was stopped. */
  output = ''
  /** What it wrote to stderr. */
  log = ''
  readonly #process: ChildProcess
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'klieg-uploader-'))

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#process = spawn(process.execPath, ['examples/hls-uploader/upload.ts', ...args], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: this.#folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()))
  }

  /** The lines on stdout. */
  get streams(): { id: string; name: string | null; start_date: string; stop_date?: string }[] {
    const lines = this.output.trim().split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as ReturnType<() => HlsUploaderProcess['streams'][number]>)
  }

  /** The names of what waits in its folder. */
  get spooled(): string[] {
    return readdirSync(this.#folder, { recursive: true }).map((name) => path.basename(String(name)))
  }

  /** The process id of the ffmpeg that it runs; 0 if none. */
  get encoderPid(): number {
    const { pid = 0 } = this.#process
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Resolves with its exit code. */
  async exited(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
    return this.#process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { encoderPid } = this.#process.exitCode === null ? this : { encoderPid: 0 }
    this.#process.kill('SIGKILL')
    if (encoderPid !== 0) process.kill(encoderPid, 'SIGKILL')
    await this.exited()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
