import path from 'node:path'
import type { MediaFacts, MediaProbe } from '../../core/media-probe.ts'
import { mediaFactsIn } from './media-facts.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { type FfmpegRun, runFfmpeg } from './run-ffmpeg.ts'

const PROBE_TIMEOUT = 15_000
const POSTER_TIMEOUT = 30_000
const VERSION_TIMEOUT = 5000
const MAX_JSON = 1024 * 1024
const MAX_JPEG = 4 * 1024 * 1024
const MAX_WAITING = 64
const POSTER_WIDTH = 640
/** 8192 × 8192: a small file may claim to hold a picture that fills the memory. */
const MAX_PIXELS = 67_108_864

/**
 * Files come from strangers. Playlists and lists of other files are not opened, whatever their name says, and nothing
 * is read but the one file: a "video" must not make the server fetch addresses or show its own files.
 */
const ONLY_THIS_FILE = [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,avi,mpegts,mpeg,mpegvideo,asf,flv',
]

type Options = { signal?: AbortSignal }

/** Looks into video files with ffprobe and ffmpeg, one at a time. */
export class FfmpegProbe implements MediaProbe {
  readonly #ffmpeg: string
  readonly #ffprobe: string
  readonly #queue = new OneAtATime(MAX_WAITING)
  #available: Promise<boolean> | undefined

  /** `ffmpeg` is its name on the PATH or its path; ffprobe lies beside it. */
  constructor(ffmpeg = 'ffmpeg') {
    this.#ffmpeg = ffmpeg
    this.#ffprobe = ffprobeBeside(ffmpeg)
  }

  available(): Promise<boolean> {
    this.#available ??= Promise.all(
      [this.#ffmpeg, this.#ffprobe].map((binary) =>
        runFfmpeg({ binary, args: ['-version'], timeout: VERSION_TIMEOUT, maxOutput: MAX_JSON }),
      ),
    ).then(
      () => true,
      () => false,
    )
    return this.#available
  }

  async probe(file: string, { signal }: Options = {}): Promise<MediaFacts> {
    const json = await this.#run({
      binary: this.#ffprobe,
      args: [
        ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams'],
        ...ONLY_THIS_FILE,
        ...['-i', addressOf(file)],
      ],
      timeout: PROBE_TIMEOUT,
      maxOutput: MAX_JSON,
      signal,
    })
    return mediaFactsIn(json.toString('utf8'))
  }

  async poster(file: string, atSeconds: number, { signal }: Options = {}): Promise<Buffer> {
    const jpeg = await this.#run({
      binary: this.#ffmpeg,
      args: [
        ...['-v', 'error', '-nostdin', '-threads', '1', '-max_pixels', String(MAX_PIXELS)],
        ...ONLY_THIS_FILE,
        ...['-ss', atSeconds.toFixed(3), '-i', addressOf(file)],
        ...['-map', '0:V:0', '-frames:v', '1', '-vf', `scale='min(${POSTER_WIDTH},iw)':-2,format=yuvj420p`],
        ...['-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe', 'pipe:1'],
      ],
      timeout: POSTER_TIMEOUT,
      maxOutput: MAX_JPEG,
      signal,
    })
    if (jpeg.length === 0) throw new Error(`there is no picture at ${atSeconds} s`)
    return jpeg
  }

  #run(run: FfmpegRun): Promise<Buffer> {
    return this.#queue.run(() => runFfmpeg(run))
  }
}

/** Neither an option nor the address of something else, whatever the file is called. */
const addressOf = (file: string) => `file:${path.resolve(file)}`

/** `/opt/bin/ffmpeg-7` has `/opt/bin/ffprobe-7` beside it. */
function ffprobeBeside(ffmpeg: string): string {
  const { dir, base } = path.parse(ffmpeg)
  return path.join(dir, base.replace('ffmpeg', 'ffprobe'))
}
