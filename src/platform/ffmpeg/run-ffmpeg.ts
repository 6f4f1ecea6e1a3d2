import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'

/** `missing`: the program is not there. `busy`: too many wait for their turn already. */
export type FfmpegFailure = 'missing' | 'failed' | 'timeout' | 'aborted' | 'too-much' | 'busy'

/** ffmpeg or ffprobe did not do what it was asked for. `stderr` is for the log. */
export class FfmpegError extends Error {
  override readonly name = 'FfmpegError'
  readonly reason: FfmpegFailure
  /** The end of what it wrote there. */
  readonly stderr: string

  constructor(reason: FfmpegFailure, message: string, stderr = '') {
    super(message)
    this.reason = reason
    this.stderr = stderr
  }
}

export type FfmpegRun = {
  /** Path or name of ffmpeg or ffprobe. */
  binary: string
  /** Handed over as they are: no shell reads them. */
  args: readonly string[]
  /** Milliseconds until it is killed. */
  timeout: number
  signal?: AbortSignal | undefined
  /** Bytes that it may write to stdout until it is killed. */
  maxOutput: number
}

const STDERR_KEPT = 4096
/** What is live goes first. */
const NICE = 10

/** Runs the program to its end and resolves with what it wrote to stdout. Rejects with FfmpegError. */
export function runFfmpeg({ binary, args, timeout, signal, maxOutput }: FfmpegRun): Promise<Buffer> {
  if (signal?.aborted) return Promise.reject(new FfmpegError('aborted', `${binary} was not wanted any more`))
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { shell: false, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    let size = 0
    let stderr = ''
    let killedFor: FfmpegFailure | undefined

    function kill(reason: FfmpegFailure): void {
      killedFor ??= reason
      child.kill('SIGKILL') // nothing of its work is kept, so that there is nothing to finish
    }
    const timer = setTimeout(() => kill('timeout'), timeout)
    const abort = () => kill('aborted')
    signal?.addEventListener('abort', abort, { once: true })

    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutput) kill('too-much')
      else output.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT)
    })
    child.on('spawn', () => yieldToOthers(child.pid))
    child.on('error', (error) => settle(new FfmpegError('missing', `${binary}: ${error.message}`)))
    child.on('close', (code, by) => {
      if (killedFor !== undefined)
        settle(new FfmpegError(killedFor, `${binary} was killed: ${killedFor}`, stderr))
      else if (code !== 0) settle(new FfmpegError('failed', `${binary} ended with ${code ?? by}`, stderr))
      else settle(undefined)
    })

    function settle(error: FfmpegError | undefined): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      if (error) reject(error)
      else resolve(Buffer.concat(output))
    }
  })
}

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE)
  } catch {
    // it has ended already
  }
}
