import fs from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { promisify } from 'node:util'
import { type AnswerPlan, planAnswer } from './plan-answer.ts'
import type { AskedHeaders } from './preconditions.ts'
import { VideoFile } from './video-file.ts'
import { VideoFolder } from './video-folder.ts'

/** Which video, and what was asked of it. */
export type StreamingOptions = {
  /** Inside `root` where that is given: then it may come from a stranger. Else any video file by its path. */
  readonly path: string
  /** The folder that nothing leads out of. */
  readonly root?: string
  /** The request's Range; needed only where `headers` is not given. */
  readonly rangeHeader?: string | null | undefined
  /** Of Range headers that count: its two groups are first and last byte. Without it, all that RFC 9110 has. */
  readonly rangeRe?: RegExp | string | undefined
  /** Longest answer to a range in MiB, as STREAM_MAX_LOAD_VOLUME has it; 8. */
  readonly maxLoadVolume?: number
  /** The request's; HEAD is answered without a body. */
  readonly method?: string
  /** The request's, for If-Range and preconditions. */
  readonly headers?: Headers | AskedHeaders
}

const MIB = 1024 * 1024
const DEFAULT_VOLUME = 8
const CHUNK = 256 * 1024
const CONDITIONS = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
] as const

const read = promisify(fs.read)
/** Closes the files of answers that nobody read. */
const unread = new FinalizationRegistry<VideoFile>((file) => file[Symbol.dispose]())

/**
 * The answer to a request for a video: whole, by range, or why not. Never rejects for what a client asks; the file is
 * read as the body is, and closed when that ends or is cancelled.
 */
export async function getStreamingResponse(options: StreamingOptions): Promise<Response> {
  const { path, root, rangeHeader, rangeRe, maxLoadVolume = DEFAULT_VOLUME, method = 'GET' } = options
  if (!(maxLoadVolume > 0)) throw new RangeError('maxLoadVolume must be positive')
  using opening = new DisposableStack()
  const file = opening.use(
    await (root === undefined ? VideoFile.open(path) : new VideoFolder(root).open(path)),
  )
  if (!file) return problem(404, 'item-not-found', 'There is no video at this path.')
  const headers = {
    ...askedIn(options.headers),
    ...(typeof rangeHeader === 'string' && { range: rangeHeader }),
  }
  const plan = planAnswer({ method, headers }, file, {
    maxLoad: Math.max(1, Math.floor(maxLoadVolume * MIB)),
    pattern: typeof rangeRe === 'string' ? new RegExp(rangeRe, 'i') : rangeRe,
  })
  if (plan.status === 412)
    return problem(412, 'precondition-failed', 'The video is not as you expect it.', plan.headers)
  if (plan.status === 416)
    return problem(416, 'range-not-satisfiable', 'The video ends before that.', plan.headers)
  if (plan.parts.length === 0) {
    const body = method === 'HEAD' || plan.status === 304 ? null : ''
    return new Response(body, { status: plan.status, headers: plan.headers })
  }
  opening.move() // the body closes it
  return new Response(bodyOf(file, plan), { status: plan.status, headers: plan.headers })
}

function askedIn(headers: Headers | AskedHeaders | undefined): AskedHeaders {
  if (!headers) return {}
  if (!(headers instanceof Headers)) return headers
  const asked = CONDITIONS.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return Object.fromEntries(asked) as AskedHeaders
}

/** Reads when asked to, and no earlier. */
function bodyOf(file: VideoFile, plan: AnswerPlan): ReadableStream<Uint8Array> {
  const chunks = chunksOf(file, plan)
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks.return()
        file[Symbol.dispose]()
      },
    },
    { highWaterMark: 0 },
  )
  unread.register(body, file)
  return body
}

async function* chunksOf(
  file: VideoFile,
  { parts, tail }: AnswerPlan,
): AsyncGenerator<Uint8Array, void, undefined> {
  using _closing = file
  for (const { from, to, head } of parts) {
    if (head !== undefined) yield Buffer.from(head)
    for (let position = from; position < to;) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK, to - position))
      const { bytesRead } = await read(file.fd, chunk, 0, chunk.length, position)
      if (bytesRead === 0) throw new Error('the video became shorter while it was sent')
      yield chunk.subarray(0, bytesRead)
      position += bytesRead
    }
  }
  if (tail !== undefined) yield Buffer.from(tail)
}

function problem(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, code, detail }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}
