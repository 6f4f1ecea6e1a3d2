/** CPU of packaging 720p30 with sound into fragmented MP4, beside ffmpeg, which copies the same stream into HLS. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { AccessUnit } from '../src/media/access-unit.ts'
import type { Codec } from '../src/media/codec.ts'
import { DecodeTimes } from '../src/media/fmp4/decode-times.ts'
import { fragment, type Sample } from '../src/media/fmp4/fragment.ts'
import { sampleOf } from '../src/media/fmp4/sample-of.ts'
import { type EncodedMedia, encodeMedia } from '../test/support/encoded-media.ts'
import { percentile, printTable, type Row } from './table.ts'

const MEDIA_SECONDS = 10
const LOOPS = 60
const ROUNDS = 5
const PART_SECONDS = 0.25
/** Parts that stay in memory, as for watchers who seek back: a minute of two tracks. */
const KEPT_PARTS = 480

type Track = { codec: Codec; timescale: number; units: AccessUnit[] }

function trackOf(codec: Codec, timescale: number, { packets }: EncodedMedia): Track {
  const units = packets.map(({ pts, key, data }) => ({
    timestamp: pts,
    keyFrame: key,
    afterLoss: false,
    data,
  }))
  return { codec, timescale, units }
}

/** One track on its way to parts: what a packager does with every unit. */
class PartWriter {
  readonly #track: Track
  readonly #onPart: (part: Buffer) => void
  readonly #decodeTimes: DecodeTimes
  #samples: Sample[] = []
  #partAt = -1
  #sequence = 0
  #pending: { unit: AccessUnit; timestamp: number; decodeTime: number } | undefined

  constructor(track: Track, onPart: (part: Buffer) => void) {
    this.#track = track
    this.#onPart = onPart
    this.#decodeTimes = new DecodeTimes({ reordering: { frames: 0 }, timescale: track.timescale })
  }

  push(unit: AccessUnit, timestamp: number): void {
    const decodeTime = this.#decodeTimes.next(timestamp)
    const before = this.#pending
    this.#pending = { unit, timestamp, decodeTime }
    if (!before) return
    if (this.#samples.length === 0) this.#partAt = before.decodeTime
    this.#samples.push({
      data: sampleOf(this.#track.codec, before.unit),
      duration: decodeTime - before.decodeTime,
      key: before.unit.keyFrame,
      compositionOffset: before.timestamp - before.decodeTime,
    })
    if (decodeTime - this.#partAt < PART_SECONDS * this.#track.timescale) return
    this.#onPart(fragment({ sequence: ++this.#sequence, decodeTime: this.#partAt, samples: this.#samples }))
    this.#samples = []
  }
}

/** CPU milliseconds per second of media. */
function packageAll(tracks: readonly Track[], onPart: (part: Buffer) => void): number {
  const before = process.cpuUsage()
  for (const track of tracks) {
    const writer = new PartWriter(track, onPart)
    const first = track.units[0]?.timestamp ?? 0
    for (let loop = 0; loop < LOOPS; loop++) {
      const shift = loop * MEDIA_SECONDS * track.timescale - first
      for (const unit of track.units) writer.push(unit, unit.timestamp + shift)
    }
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / (MEDIA_SECONDS * LOOPS)
}

function inMemory(tracks: readonly Track[]): number {
  const kept: Buffer[] = []
  let next = 0
  return packageAll(tracks, (part) => {
    kept[next] = part
    next = (next + 1) % KEPT_PARTS
  })
}

function intoFile(tracks: readonly Track[], folder: string): number {
  const file = openSync(path.join(folder, 'parts.m4s'), 'w')
  const milliseconds = packageAll(tracks, (part) => void writeSync(file, part))
  closeSync(file)
  return milliseconds
}

/** The same, by ffmpeg's own account of its CPU time, start-up left out. */
function byFfmpeg(source: string, folder: string): number {
  const seconds = (loops: number) => {
    const input = ['-stream_loop', String(loops - 1), '-i', source, '-c', 'copy']
    const output = [
      '-f',
      'hls',
      '-hls_time',
      '2',
      '-hls_segment_type',
      'fmp4',
      path.join(folder, 'index.m3u8'),
    ]
    const command = ['-nostdin', '-y', '-benchmark', '-v', 'info', ...input, ...output]
    const report = execFileSync('sh', ['-c', 'exec ffmpeg "$@" 2>&1', 'sh', ...command], { encoding: 'utf8' })
    const times = /utime=([\d.]+)s stime=([\d.]+)s/.exec(report)
    return Number(times?.[1]) + Number(times?.[2])
  }
  return ((seconds(LOOPS + 1) - seconds(1)) * 1000) / (MEDIA_SECONDS * LOOPS)
}

function row(packager: string, measure: () => number): Row {
  const samples = Array.from({ length: ROUNDS }, measure)
  const [median, greatest] = [percentile(samples, 0.5), Math.max(...samples)]
  return { packager, 'CPU ms per s of media': median.toFixed(3), max: greatest.toFixed(3) }
}

const folder = mkdtempSync(path.join(tmpdir(), 'klieg-packaging-'))
try {
  const rate = ['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '1250k', '-g', '60', '-bf', '0']
  const video = await encodeMedia({
    seconds: MEDIA_SECONDS,
    timescale: 90_000,
    source: 'testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t',
    encoder: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...rate],
  })
  const audio = await encodeMedia({
    seconds: MEDIA_SECONDS,
    timescale: 48_000,
    source: 'sine=frequency=440:sample_rate=48000',
    encoder: ['-c:a', 'aac', '-ac', '2', '-b:a', '128k'],
  })
  const source = path.join(folder, 'source.mp4')
  const inputs = Object.entries({ video, audio }).flatMap(([name, { file }]) => {
    writeFileSync(path.join(folder, `${name}.mp4`), file)
    return ['-i', path.join(folder, `${name}.mp4`)]
  })
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...inputs, '-c', 'copy', source])
  const tracks = [trackOf('H264', 90_000, video), trackOf('AAC', 48_000, audio)]
  const bytes = tracks.flatMap(({ units }) => units).reduce((sum, { data }) => sum + data.length, 0)
  inMemory(tracks)
  printTable(`Packaging 720p30, ${((bytes * 8) / MEDIA_SECONDS / 1e6).toFixed(2)} Mbit/s, H264 + AAC`, [
    row('klieg, parts of 250 ms in memory', () => inMemory(tracks)),
    row('klieg, parts of 250 ms into a file', () => intoFile(tracks, folder)),
    row('ffmpeg -c copy -f hls, fMP4 segments of 2 s', () => byFfmpeg(source, folder)),
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
