import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_OUTPUT = 64 * 1024 * 1024

/** One packet of an encoder, in decode order; times in ticks of the track's timescale. */
export type EncodedPacket = { pts: number; dts: number; duration: number; key: boolean; data: Buffer }

/** What ffmpeg is asked to encode: its test picture or a tone. */
export type EncodedMediaOptions = {
  seconds: number
  timescale: number
  /** Codec and its options, such as `['-c:v', 'libx264']`. */
  encoder: readonly string[]
  /** A lavfi source, without its duration. */
  source: string
}

/** An encoded stream, and the MP4 file in which ffmpeg put it. */
export type EncodedMedia = { readonly packets: readonly EncodedPacket[]; readonly file: Buffer }

/** Encodes with ffmpeg and hands out the packets, as an MP4 file holds them. */
export async function encodeMedia(options: EncodedMediaOptions): Promise<EncodedMedia> {
  const { seconds, timescale, encoder, source } = options
  await using folder = await temporaryFolder()
  const file = path.join(folder.path, 'source.mp4')
  const input = ['-f', 'lavfi', '-t', String(seconds), '-i', source]
  const scale = ['-video_track_timescale', String(timescale)]
  await run('ffmpeg', ['-v', 'error', '-nostdin', ...input, ...encoder, ...scale, '-threads', '1', file])
  const bytes = await readFile(file)
  const packets = (await probe(file)).packets.map(({ pts, dts, duration, flags, pos, size }) => ({
    pts,
    dts,
    duration,
    key: flags.startsWith('K'),
    data: bytes.subarray(Number(pos), Number(pos) + Number(size)),
  }))
  return { packets, file: bytes }
}

type Probed = {
  streams: Record<string, string | number>[]
  packets: {
    pts: number
    dts: number
    pts_time: string
    duration: number
    flags: string
    pos: string
    size: string
  }[]
}

/** What ffprobe finds in a file. */
export async function probe(file: string): Promise<Probed> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-show_streams', '-show_packets', '-of', 'json', file],
    { maxBuffer: MAX_OUTPUT },
  )
  return JSON.parse(stdout) as Probed
}

/** Lets ffmpeg decode a file; resolves to what it complains of, which is '' for a file without faults. */
export async function decodingErrors(bytes: Buffer, extension = 'mp4'): Promise<string> {
  return withFile(bytes, extension, async (file) => {
    const { stderr } = await run('ffmpeg', [
      '-v',
      'warning',
      '-nostdin',
      '-xerror',
      '-i',
      file,
      '-f',
      'null',
      '-',
    ])
    return stderr.trim()
  })
}

/** What ffprobe finds in these bytes. */
export function probeBytes(bytes: Buffer, extension = 'mp4'): Promise<Probed> {
  return withFile(bytes, extension, probe)
}

async function withFile<Result>(
  bytes: Buffer,
  extension: string,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  await using folder = await temporaryFolder()
  const file = path.join(folder.path, `written.${extension}`)
  await writeFile(file, bytes)
  return await use(file)
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const created = await mkdtemp(path.join(tmpdir(), 'klieg-media-'))
  return { path: created, [Symbol.asyncDispose]: () => rm(created, { recursive: true, force: true }) }
}
