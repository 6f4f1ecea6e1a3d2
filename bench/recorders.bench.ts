/**
 * Ten publishers of 720p30 at 2.5 Mbit/s, received, packaged and recorded: processor time of the process that packages
 * and records, per second of each stream, beside ffmpeg, which copies the same kind of stream into HLS.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { KliegServer } from './klieg-server.ts'
import { usedSeconds } from './processor-time.ts'
import { printTable, type Row } from './table.ts'

const PUBLISHERS = 10
const BITS_PER_SECOND = 2_500_000
/** Readiness, first segments, and code that is not warm yet. */
const WARM_UP = 8

type Used = { readonly name: string; readonly milliseconds: number; readonly worker?: number }

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

async function measure(name: string, seconds: number, record: boolean): Promise<Used> {
  await using klieg = await KliegServer.start()
  const broadcasts = await Promise.all(
    Array.from({ length: PUBLISHERS }, () => klieg.createBroadcast({ record })),
  )
  await klieg.publishCameras(broadcasts, { bitsPerSecond: BITS_PER_SECOND })
  await sleep(WARM_UP)
  for (const { urls } of broadcasts) {
    const answer = await fetch(urls.hls)
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  }
  const [worker = 0] = klieg.workers
  const before = { main: usedSeconds(klieg.pid), worker: usedSeconds(worker) }
  const startedAt = performance.now()
  await sleep(seconds)
  const streamSeconds = ((performance.now() - startedAt) / 1000) * PUBLISHERS
  return {
    name,
    milliseconds: ((usedSeconds(klieg.pid) - before.main) * 1000) / streamSeconds,
    worker: ((usedSeconds(worker) - before.worker) * 1000) / streamSeconds,
  }
}

/** ffmpeg at the speed of the stream, as often as we have publishers. */
async function measureFfmpeg(seconds: number): Promise<Used> {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-recorders-'))
  try {
    const source = path.join(folder, 'source.mp4')
    const rate = `${BITS_PER_SECOND / 1000}k`
    const inputs = ['testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t', 'sine=frequency=440']
    execFileSync('ffmpeg', [
      ...['-nostdin', '-v', 'error', ...inputs.flatMap((input) => ['-f', 'lavfi', '-t', '10', '-i', input])],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '60', '-bf', '0'],
      ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-c:a', 'aac', source],
    ])
    const copies = Array.from({ length: PUBLISHERS }, (_, place) =>
      spawn('ffmpeg', [
        ...['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', source, '-c', 'copy'],
        ...['-f', 'hls', '-hls_time', '2', '-hls_segment_type', 'fmp4'],
        ...['-hls_fmp4_init_filename', `${place}.mp4`, path.join(folder, `${place}.m3u8`)],
      ]),
    )
    await sleep(WARM_UP)
    const used = () => copies.reduce((sum, { pid = 0 }) => sum + usedSeconds(pid), 0)
    const before = used()
    const startedAt = performance.now()
    await sleep(seconds)
    const streamSeconds = ((performance.now() - startedAt) / 1000) * PUBLISHERS
    const milliseconds = ((used() - before) * 1000) / streamSeconds
    await Promise.all(copies.map((copy) => (copy.kill('SIGKILL'), once(copy, 'exit'))))
    return { name: `${PUBLISHERS} × ffmpeg -re -c copy -f hls`, milliseconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function row({ name, milliseconds, worker }: Used): Row {
  return {
    packager: name,
    'CPU ms per stream-second': milliseconds.toFixed(2),
    'media worker, beside it': worker === undefined ? '' : worker.toFixed(2),
  }
}

const seconds = Number(process.argv[2] ?? 20)
const rows = [
  await measureFfmpeg(seconds),
  await measure('klieg, packaged', seconds, false),
  await measure('klieg, packaged and recorded', seconds, true),
]
printTable(`${PUBLISHERS} publishers of 720p30, 2.5 Mbit/s, ${seconds} s`, rows.map(row))
