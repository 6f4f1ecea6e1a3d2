import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'

/** The names that ffmpeg writes under, in the folder. */
export const LIST = 'list.m3u8'
export const THUMBNAIL = 'thumb.jpg'

export type EncoderOptions = {
  /** A file, an address, a camera (`/dev/video0`), or `test` for a generated picture. */
  readonly input: string
  readonly folder: string
  readonly segmentSeconds: number
  readonly ffmpeg?: string
}

/** ffmpeg that has failed this often without running for a while will not do better. */
const MAX_FAILURES = 5
const A_WHILE = 10_000
const GENERATED = 'testsrc2=size=640x360:rate=30[out0];sine=frequency=440:sample_rate=48000[out1]'

/** ffmpeg, started again when it dies: writes segments, the list of them and a thumbnail into the folder. */
export class Encoder implements AsyncDisposable {
  /** Settles once the input has ended or `stop` was called; rejects when ffmpeg cannot run. */
  readonly ended: Promise<void>
  readonly #stopping = new AbortController()
  #child: ChildProcess | undefined

  constructor(options: EncoderOptions) {
    this.ended = this.#supervise(options)
    this.ended.catch(() => {}) // whoever waits for it hears of it
  }

  /** Lets ffmpeg finish the segment it is at. */
  stop(): Promise<void> {
    this.#stopping.abort()
    this.#child?.kill('SIGTERM')
    return this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => {})
  }

  async #supervise({ input, folder, segmentSeconds, ffmpeg = 'ffmpeg' }: EncoderOptions): Promise<void> {
    const args = [...inputArguments(input), ...outputArguments(folder, segmentSeconds)]
    const { signal } = this.#stopping
    const isOver = () => signal.aborted
    for (let failures = 0; !isOver();) {
      const startedAt = performance.now()
      this.#child = spawn(ffmpeg, args, { stdio: ['ignore', 'ignore', 'inherit'] })
      const [code] = (await once(this.#child, 'exit')) as [number | null]
      if (code === 0 || isOver()) return
      failures = performance.now() - startedAt > A_WHILE ? 1 : failures + 1
      if (failures === MAX_FAILURES) throw new Error(`ffmpeg failed ${failures} times`)
      await sleep(backOff(failures), undefined, { signal }).catch(() => {})
    }
  }
}

function inputArguments(input: string): string[] {
  if (input === 'test') return ['-re', '-f', 'lavfi', '-i', GENERATED]
  if (input.startsWith('/dev/')) return ['-f', 'v4l2', '-i', input]
  return /^\w+:\/\//.test(input) ? ['-i', input] : ['-re', '-i', input] // a file would be read at once
}

function outputArguments(folder: string, segmentSeconds: number): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
    // Each segment begins with a key frame, and none is longer than promised.
    ...['-force_key_frames', `expr:gte(t,n_forced*${segmentSeconds})`, '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '128k', '-ar', '48000'],
    ...['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_list_size', '0'],
    ...['-hls_flags', 'append_list+omit_endlist+temp_file+program_date_time'],
    ...['-hls_segment_filename', path.join(folder, 'segment-%06d.ts'), path.join(folder, LIST)],
    ...['-map', '0:v:0', '-vf', 'fps=1/10:start_time=0:round=up,scale=480:-2', '-f', 'image2'],
    ...['-update', '1', '-atomic_writing', '1', path.join(folder, THUMBNAIL)],
  ]
}
