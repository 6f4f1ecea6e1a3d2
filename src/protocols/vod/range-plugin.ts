import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import { sendProblem } from '../problem.ts'
import { BufferPool } from './buffer-pool.ts'
import { KnownVideos } from './known-videos.ts'
import { type ByteRange, parseRange } from './parse-range.ts'
import { type AnswerPlan, type FileFacts, planAnswer, type RangeSettings } from './plan-answer.ts'
import { ResponseOutlet } from './response-outlet.ts'
import { sendParts } from './send-parts.ts'
import { sessionKeyOf } from './session-key.ts'
import type { VideoFile } from './video-file.ts'
import { VideoFolder } from './video-folder.ts'

/** Whoever asks, as far as the server knows them. */
export type Watcher = { readonly userId?: string; readonly authenticated: boolean }

/** Somebody was sent these bytes of a video. */
export type WatchedFact = Watcher & {
  readonly address: string
  /** Of the video, inside the folder. */
  readonly path: string
  readonly size: number
  /** First byte. */
  readonly from: number
  /** Byte after the last. */
  readonly to: number
  /** The same for all requests of one player, as far as requests tell. */
  readonly sessionKey: string
}

export type RangeDoorOptions = {
  /** The folder of the videos. */
  root: string
  settings: RangeSettings & {
    /** Name of the parameter that says which video. */
    readonly pathVariable: string
  }
  /** Says who asks, or throws where they may not. */
  authorize: (request: FastifyRequest) => Watcher | Promise<Watcher>
  /** Hears of every stretch that was sent, once it was. */
  watched?: (fact: WatchedFact) => void
  /** Path of an internal location of nginx that serves the same folder; it sends the files then. */
  accelPrefix?: string
  /** Milliseconds after which a client that takes nothing has left; two minutes. */
  stalledAfter?: number
  /** What addresses begin with where a proxy stands in front. */
  basePath?: string
}

const ROUTE = '/api/stream/'
/** The same words for whatever is wrong with a path, so that nothing is learnt from them. */
const ABSENT = 'There is no video at this path.'
type Endpoint = { Querystring: Readonly<Record<string, unknown>> }

/** Sends videos by range: what `<video src>` and download programs ask for. */
export async function rangePlugin(fastify: FastifyInstance, options: RangeDoorOptions): Promise<void> {
  const { settings, authorize, accelPrefix = '', basePath = '' } = options
  const folder = new VideoFolder(options.root)
  const known = new KnownVideos(folder)
  const pool = new BufferPool()

  fastify.route<Endpoint>({
    method: ['GET', 'HEAD'],
    url: ROUTE,
    attachValidation: true, // a wrong path is answered below, as any other that leads nowhere
    schema: {
      tags: ['Library'],
      summary: 'A video, whole or by range',
      querystring: {
        type: 'object',
        required: [settings.pathVariable],
        properties: {
          [settings.pathVariable]: { type: 'string', description: 'Of the video, inside the folder.' },
          session: { type: 'string', description: 'Tells players at one address apart in the watch log.' },
        },
      },
    },
    async handler(request, reply) {
      // The server takes addresses with and without the last slash for the same; here links rely on one of them.
      const [pathname, query] = splitUrl(request.url)
      if (!pathname.endsWith('/')) return reply.redirect(`${basePath}${ROUTE}${query}`, 301)
      await answer(request, reply)
      return reply
    },
  })

  async function answer(request: FastifyRequest<Endpoint>, reply: FastifyReply): Promise<void> {
    using outlet = new ResponseOutlet(request.raw, reply.raw, options.stalledAfter)
    if (!(await outlet.turn())) return void reply.hijack()
    const watcher = await authorize(request)
    const path = textIn(request.query[settings.pathVariable]) ?? '' // which is no path
    reply.header('cache-control', watcher.authenticated ? 'private, no-cache' : 'no-cache')
    if (accelPrefix !== '') {
      await handOver(request, reply, { watcher, path })
      return
    }
    using file = await folder.open(path)
    if (!file) throw new BroadcastError('item-not-found', ABSENT)
    const announce = announcer(request, { watcher, path, size: file.size })
    const plan = planAnswer(request, file, settings)
    if (plan.status === 412 || plan.status === 416) refuse(reply, plan)
    else announce(await send({ reply, outlet, file, plan }))
  }

  /** nginx opens and sends the file, and decides about conditions and ranges by itself. */
  async function handOver(
    request: FastifyRequest<Endpoint>,
    reply: FastifyReply,
    asked: Asked,
  ): Promise<void> {
    const file = await known.find(asked.path)
    if (!file) throw new BroadcastError('item-not-found', ABSENT)
    if (request.method === 'GET')
      announcer(request, { ...asked, size: file.size })(askedOf(request, file, settings))
    reply.header('x-accel-redirect', accelPrefix + encodePath(asked.path)).type(file.type)
    void reply.send('')
  }

  async function send({ reply, outlet, file, plan }: Sending): Promise<readonly ByteRange[]> {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(plan.status, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...plan.headers })
    try {
      const { delivered, outcome } = await sendParts(outlet, file.fd, plan, pool)
      if (outcome === 'whole') raw.end()
      else raw.destroy() // the length was promised: only so does the client notice
      if (outcome === 'short') reply.log.warn({ size: file.size }, 'a video became shorter while it was sent')
      return delivered
    } catch (error) {
      raw.destroy()
      reply.log.error({ error }, 'a video could not be read')
      return []
    }
  }

  function announcer(request: FastifyRequest<Endpoint>, { watcher, path, size }: Asked & { size: number }) {
    const { watched } = options
    return (delivered: readonly ByteRange[]) => {
      if (!watched || delivered.length === 0) return
      const { ip: address, headers } = request
      const session = textIn(request.query['session'])
      const sessionKey = sessionKeyOf({ address, userId: watcher.userId, headers, session })
      for (const { from, to } of delivered) watched({ ...watcher, address, path, size, from, to, sessionKey })
    }
  }
}

type Asked = { watcher: Watcher; path: string }
type Sending = { reply: FastifyReply; outlet: ResponseOutlet; file: VideoFile; plan: AnswerPlan }

function refuse(reply: FastifyReply, { status, headers }: AnswerPlan): void {
  reply.headers(headers)
  void (status === 412
    ? sendProblem(reply, {
        status,
        code: 'precondition-failed',
        detail: 'The video is not as you expect it.',
      })
    : sendProblem(reply, { status, code: 'range-not-satisfiable', detail: 'The video ends before that.' }))
}

/** What nginx will send, and decides about by itself. */
function askedOf({ headers }: FastifyRequest, { size }: FileFacts, settings: RangeSettings): ByteRange[] {
  const asked = parseRange(headers.range, size, settings.pattern)
  if (asked === 'unsatisfiable' || size === 0) return []
  return asked === 'whole' ? [{ from: 0, to: size }] : [...asked]
}

function splitUrl(url: string): [pathname: string, query: string] {
  const mark = url.indexOf('?')
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark)]
}

/** nginx decodes it once. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
