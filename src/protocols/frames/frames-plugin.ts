import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Broadcast } from '../../core/broadcast.ts'
import type { Grant } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Clock } from '../../core/ports.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { watcherOf } from '../visitor.ts'
import { BOUNDARY } from './frame.ts'
import type { FrameRooms } from './frame-rooms.ts'
import { FrameViewer } from './frame-viewer.ts'
import { assertSendsFrames, sendsFrames } from './sends-frames.ts'

/** What the frames door over HTTP needs from the rest of the system, and nothing more. */
export type FramesOptions = {
  rooms: FrameRooms
  watchAccess: WatchAccess
  guesses: GuessLimit
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
}

type Endpoint = { Params: { id: string }; Querystring: { fps?: string; token?: string } }

const tags = ['Frames']
const params = Type.Object({ id: Type.String() })
const token = Type.Optional(Type.String({ description: 'viewer token, where no header can be sent' }))
/** Above 0, up to 240. */
const FRAMES_PER_SECOND = '^(?!0+(\\.0+)?$)(\\d{1,2}|1\\d\\d|2[0-3]\\d|240)(\\.\\d{1,3})?$'
/** Milliseconds in which one that is sent away may read what is left. */
const GOODBYE = 2_000
/** The same for both: a picture of a moment is never right again. */
const HEADERS = {
  'cache-control': 'private, no-store',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
}

/** `/frames/<id>.mjpeg` and `/frames/<id>.jpg`: for `<img>`, curl and OpenCV. */
export async function framesPlugin(
  fastify: FastifyInstance,
  { rooms, watchAccess, guesses, secrets, clock }: FramesOptions,
): Promise<void> {
  function entered(request: FastifyRequest<{ Params: { id: string } }>): Promise<Grant> {
    const visitor = watcherOf(request, 'frames')
    return guesses.guard(visitor, () => watchAccess.enter(request.params.id, visitor))
  }

  fastify.get<Endpoint>(
    '/frames/:id.mjpeg',
    {
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'Watch as motion JPEG',
        params,
        querystring: Type.Object({
          fps: Type.Optional(
            Type.String({ description: 'frames per second at most', pattern: FRAMES_PER_SECOND }),
          ),
          token,
        }),
      },
    },
    async (request, reply) => {
      const grant = await entered(request)
      const { broadcast } = grant
      assertForwarded(broadcast)
      broadcast.assertWatchable()
      assertSendsFrames(broadcast)
      reply.hijack()
      const { raw } = reply
      const viewer = newViewer(raw, { id: secrets.newId(), address: request.ip, clock })
      const { fps } = request.query
      if (fps !== undefined) viewer.outlet.limit({ maxFps: Number(fps) })
      raw.once('close', () => viewer.gone('ended'))
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        ...HEADERS,
        'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      })
      raw.write(`--${BOUNDARY}\r\n`)
      rooms.watch(broadcast, viewer)
      watchAccess.hold(grant, viewer)
    },
  )

  fastify.get<{ Params: { id: string }; Querystring: { token?: string } }>(
    '/frames/:id.jpg',
    { schema: { tags, summary: 'The newest picture', params, querystring: Type.Object({ token }) } },
    async (request, reply) => {
      const { broadcast } = await entered(request)
      assertForwarded(broadcast)
      broadcast.assertWatchable()
      const frame = sendsFrames(broadcast) ? rooms.get(broadcast.id)?.newest : undefined
      const jpeg = frame?.jpeg ?? broadcast.thumbnail?.jpeg
      if (!jpeg) throw withoutPicture(broadcast)
      return reply.headers(HEADERS).type('image/jpeg').send(jpeg)
    },
  )

  fastify.addHook('preClose', async () => {
    rooms.closeViewers('shutdown')
  })
}

/** What the network has not taken soon after the end is dropped: it may be that it never will. */
function newViewer(
  raw: ServerResponse,
  { id, address, clock }: { id: string; address: string; clock: Clock },
): FrameViewer {
  return new FrameViewer({
    ...{ id, address, clock, transport: 'http' },
    write: (frame, written) => {
      if (raw.destroyed) return true
      raw.write(frame.part, written)
      return false
    },
    hangUp: (reason) => {
      if (reason === 'overload' || raw.destroyed) {
        raw.destroy()
        return
      }
      raw.once(
        'close',
        clock.after(GOODBYE, () => raw.destroy()),
      )
      raw.end(() => raw.destroy())
    },
  })
}

function assertForwarded({ record }: Broadcast): void {
  if (record.delivery === 'p2p')
    throw new BroadcastError('peer-to-peer-only', 'its media goes from peer to peer and never comes here')
}

function withoutPicture({ id, tracks }: Broadcast): BroadcastError {
  if (tracks.length === 0)
    return new BroadcastError('broadcast-not-live', 'its first picture is not here yet', { retryAfter: 1 })
  const codecs = tracks.map(({ codec }) => codec).join(' and ')
  return new BroadcastError(
    'unsupported-media',
    `there is no picture of it yet: its publisher sends ${codecs}. The studio sends one every ten seconds; other encoders can with PUT /api/broadcasts/${id}/thumbnail, or publish JPEG frames to /ws/video/${id}/`,
  )
}
