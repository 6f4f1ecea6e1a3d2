import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { FrameEncoder, FrameEncoding, FrameEncodingOptions } from '../../core/frame-encoder.ts'
import { FlvH264Reader } from '../../media/flv/h264-reader.ts'
import { mjpegStreamHeader, mjpegStreamPicture } from '../../media/matroska/mjpeg-stream.ts'
import { FfmpegError } from './run-ffmpeg.ts'

const STDERR_KEPT = 4096
/** Milliseconds in which it may finish by itself. */
const END_WITHIN = 2000

/**
 * Pictures come from strangers: they are decoded in a process of its own that reads nothing but them. Every key frame
 * is a second apart or two, and none waits for a later one, as browsers need it.
 */
const ARGUMENTS = [
  ...['-v', 'error', '-nostdin', '-threads', '1', '-max_pixels', '16000000', '-protocol_whitelist', 'pipe'],
  ...['-probesize', '32', '-analyzeduration', '0'],
  ...['-f', 'matroska', '-i', 'pipe:0', '-copyts', '-an'],
  ...[
    '-vf',
    "scale=w='min(1920,iw)':h='min(1080,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2:out_range=tv,format=yuv420p",
  ],
  ...['-fps_mode', 'passthrough', '-enc_time_base', '1:1000'],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  ...['-crf', '25', '-maxrate', '4M', '-bufsize', '4M', '-g', '600', '-level', '4.0'],
  ...['-x264-params', 'fps=30'], // it would take our milliseconds for 1000 pictures a second
  ...['-force_key_frames', 'expr:gte(t,n_forced*2)'],
  ...['-f', 'flv', '-flvflags', 'no_duration_filesize', '-flush_packets', '1', 'pipe:1'],
]

/** One ffmpeg for each broadcast of frames. */
export class FfmpegFrameEncoder implements FrameEncoder {
  readonly #ffmpeg: string

  /** Its name on the PATH, or its path. */
  constructor(ffmpeg = 'ffmpeg') {
    this.#ffmpeg = ffmpeg
  }

  begin(options: FrameEncodingOptions): FrameEncoding {
    return new FfmpegEncoding(this.#ffmpeg, options)
  }
}

class FfmpegEncoding implements FrameEncoding {
  readonly closed: Promise<Error | undefined>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  #isClosed = false

  constructor(ffmpeg: string, { width, height, onUnit }: FrameEncodingOptions) {
    const child = spawn(ffmpeg, ARGUMENTS, {
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const reader = new FlvH264Reader((unit) => {
      if (!this.#isClosed) onUnit(unit)
    })
    this.#child = child
    let stderr = ''
    let failure: Error | undefined
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT)
    })
    child.stdout.on('data', (piece: Buffer) => {
      try {
        reader.push(piece)
      } catch (error) {
        failure = error as Error
        child.kill('SIGKILL')
      }
    })
    child.stdin.on('error', () => undefined) // its end says more
    child.stdin.write(mjpegStreamHeader({ width, height }))
    this.closed = new Promise((resolve) => {
      child.on('error', (error) => resolve(new FfmpegError('missing', `${ffmpeg}: ${error.message}`)))
      child.on('close', (code, by) => {
        const ended = failure ?? new FfmpegError('failed', `${ffmpeg} ended with ${code ?? by}`, stderr)
        resolve(this.#isClosed ? undefined : ended)
      })
    })
  }

  write(jpeg: Uint8Array, milliseconds: number, taken: () => void): void {
    if (this.#child.stdin.writable)
      this.#child.stdin.write(mjpegStreamPicture(jpeg, milliseconds), (error) => {
        if (!error) taken()
      })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const child = this.#child
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN)
    void this.closed.then(() => clearTimeout(timer))
  }
}
