/** Broadcasts anything that ffmpeg reads through storage that a Klieg server provides: README.md tells more. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Encoder } from './encoder.ts'
import { ProvisionedStream, Refused } from './provisioned-stream.ts'
import { Storage } from './storage.ts'
import { Uploader } from './uploader.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    server: { type: 'string', default: 'http://127.0.0.1:8000/' },
    name: { type: 'string' },
    segment: { type: 'string', default: '2' },
    spool: { type: 'string', default: '3600' },
  },
})
const { KLIEG_API_KEY, AWS_ENDPOINT_URL_S3, TMPDIR = tmpdir() } = process.env
const [segmentSeconds, spoolSeconds] = [Number(values.segment), Number(values.spool)]
if (!Number.isInteger(segmentSeconds) || segmentSeconds < 1) throw new RangeError('--segment: whole seconds')
if (!(spoolSeconds > 0)) throw new RangeError('--spool: seconds')
const log = (line: string) => console.error(line)

const folder = await mkdtemp(path.join(TMPDIR, 'hls-'))
try {
  const server = new URL(values.server.replace(/\/?$/, '/'))
  const provisioned = await ProvisionedStream.start(server, KLIEG_API_KEY, values.name)
  console.log(JSON.stringify(provisioned.stream))
  await using encoder = new Encoder({ input: positionals[0] ?? 'test', folder, segmentSeconds })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void encoder.stop().catch(() => {})) // the second time, it ends at once

  const storage = new Storage(provisioned.s3, () => provisioned.refresh(), AWS_ENDPOINT_URL_S3)
  const uploader = new Uploader({ folder, storage, segmentSeconds, spoolSeconds, log })
  try {
    await uploader.run(encoder.ended)
    console.log(JSON.stringify(await provisioned.stop()))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    log(`The stream was stopped elsewhere: ${error.message}`)
    void encoder.stop()
  }
  await encoder.ended
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
