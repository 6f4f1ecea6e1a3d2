import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Broadcast } from '../../core/broadcast.ts'
import { type Grant, personIdOf } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import { framesOnly, isFramesOnly } from '../../core/frames-only.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import { isPackageable } from '../../core/packaging/packageable.ts'
import type { Part } from '../../core/packaging/rendition.ts'
import type { StoredPlaylist, StoredStreams } from '../../core/provision/stored-streams.ts'
import type { Clock } from '../../core/ports.ts'
import type { SeenRequest } from '../../core/request-viewing.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Playing, WatchAccess } from '../../core/watch-access.ts'
import { sendOwn, withQuery } from '../private-playlist.ts'
import { watcherOf } from '../visitor.ts'
import { CompressedText } from './compressed.ts'
import type { HlsStream } from './hls-stream.ts'
import type { HlsStreams } from './hls-streams.ts'
import { reloadRequest } from './reload-request.ts'
import type { RenditionWindow } from './rendition-window.ts'
import { type Resource, resourceOf } from './resource.ts'

/** What the HLS door needs from the rest of the system, and nothing more. */
export type HlsOptions = {
  streams: HlsStreams
  /** What clients upload to storage is served from there, and only its playlists from here. */
  stored?: Pick<StoredStreams, 'playlistOf'> | undefined
  access: Pick<WatchAccess, 'enterPlayer' | 'passFor'>
  guesses: GuessLimit
  clock: Pick<Clock, 'after'>
  secrets: Pick<Secrets, 'newId'>
  /** A player asked for what it shows next. */
  watched: (request: SeenRequest) => void
  /** Milliseconds within which a stream that begins must have something to show. */
  readyWithin?: number
}

type PlaylistQuery = { session?: string; _HLS_msn?: string; _HLS_part?: string; _HLS_skip?: string }
type Params = { id: string; rendition: string; file: string }

const PLAYLIST = 'application/vnd.apple.mpegurl'
const PRIVATE = 'private, no-store'
const FOREVER = 'public, max-age=31536000, immutable'
const EVERY_ANSWER = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
  'cross-origin-resource-policy': 'cross-origin',
  // Until there is something that may be kept: a refusal must not be.
  'cache-control': 'no-store',
}
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'Authorization, Range',
  'access-control-max-age': '86400',
}
const tags = ['HLS']
const Id = Type.Object({ id: Type.String() })
/** Rendition of what lies in storage. */
const STORED = 'stored'
const SESSION = /^[A-Za-z0-9_-]{16,64}$/
/** In target durations (RFC 8216bis §6.2.5.2, appendix B.1): how long a request waits, and what caches may keep. */
const WAIT = 3
const KEEP_AWAITED = 6
const KEEP_LATEST = 0.5
/** An ended broadcast may begin again under the same address. */
const KEEP_LAST = 1

/** Low-latency HLS: https://datatracker.ietf.org/doc/draft-ietf-hls-rfc8216bis/ */
export async function hlsPlugin(fastify: FastifyInstance, options: HlsOptions): Promise<void> {
  const { streams, stored, access, guesses, clock, secrets, watched, readyWithin = 10_000 } = options
  const texts = new WeakMap<RenditionWindow, { full: CompressedText; delta: CompressedText }>()

  function entered(request: FastifyRequest<{ Params: { id: string } }>, piece = false): Promise<Playing> {
    const player = { ...watcherOf(request, 'hls'), piece }
    return guesses.guard(player, () => access.enterPlayer(request.params.id, player))
  }

  fastify.addHook('onRequest', async (_request, reply) => {
    reply.headers(EVERY_ANSWER)
  })

  // Players of other sites that bring a token ask first.
  fastify.options('/hls/*', { schema: { hide: true } }, async (_request, reply) =>
    reply.headers(PREFLIGHT).code(204).send(),
  )

  fastify.get<{ Params: { id: string } }>(
    '/hls/:id/index.m3u8',
    { schema: { tags, summary: 'Watch over LL-HLS: the playlist of playlists', params: Id } },
    async (request, reply) => {
      const playing = await entered(request)
      const { broadcast } = playing.grant
      const query = () => `?session=${access.passFor(playing) ?? secrets.newId()}`
      const uploaded = await storedOf(broadcast)
      if (uploaded) return reply.type(PLAYLIST).send(multivariantOf(uploaded, query()))
      const stream = streamOf(streams, broadcast)
      assertPossible(stream, broadcast)
      if (
        !(await until(() => stream.isReady || stream.isOver || !stream.isPossible, {
          ...{ clock, within: readyWithin },
          wait: (listener) => stream.wait(listener),
        }))
      )
        throw isFramesOnly(broadcast)
          ? framesOnly()
          : new BroadcastError('broadcast-not-live', 'its first pictures are not here yet', {
              retryAfter: 1,
            })
      assertPossible(stream, broadcast)
      reply.type(PLAYLIST) // not to be kept: it names the session by which this player is counted
      return stream.multivariant(query())
    },
  )

  fastify.get<{ Params: Params; Querystring: PlaylistQuery }>(
    '/hls/:id/:rendition/index.m3u8',
    {
      schema: {
        tags,
        summary: 'Playlist of one rendition, with the directives of LL-HLS',
        params: Type.Object({ id: Type.String(), rendition: Type.String() }),
        querystring: Type.Object({
          session: Type.Optional(Type.String({ description: 'counts this player' })),
          _HLS_msn: Type.Optional(Type.String({ description: 'wait for this segment' })),
          _HLS_part: Type.Optional(Type.String({ description: 'and this part of it' })),
          _HLS_skip: Type.Optional(Type.String({ description: 'YES or v2: a delta update' })),
        }),
      },
    },
    async (request, reply) => {
      const playing = await entered(request)
      const { broadcast } = playing.grant
      if (request.params.rendition === STORED) return sendStored(request, reply, playing)
      const stream = streamOf(streams, broadcast)
      const window = stream.window(request.params.rendition)
      if (!window) throw unknownFile()
      const { until: wanted, skip } = reloadRequest(request.query, window)
      const isThere = () => wanted === undefined || window.isOver || window.has(wanted)
      if (!(await until(isThere, { clock, within: waitFor(stream), wait: (look) => window.wait(look) })))
        throw new BroadcastError('overloaded', 'the publisher sends nothing', { retryAfter: 1 })
      if (window.latest === undefined) throw unknownFile()
      // Who has hung up meanwhile watches no more.
      if (!reply.raw.destroyed)
        count(request, { grant: playing.grant, window, viewing: playing.viewing ?? sessionIn(request) })
      const text = stream.playlist(window, skip)
      const targets = window.isOver ? KEEP_LAST : wanted ? KEEP_AWAITED : KEEP_LATEST
      const seconds = Math.floor(stream.targetDuration * targets)
      reply.type(PLAYLIST).header('vary', 'accept-encoding')
      const pass = access.passFor(playing)
      if (pass !== undefined) return sendOwn(request, reply, withQuery(text, `?session=${pass}`))
      reply.header('cache-control', `public, max-age=${seconds}`)
      const { full, delta } = textsOf(window)
      const held = skip ? delta : full
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return held.plain(text)
      reply.header('content-encoding', 'gzip')
      return held.compressed(text)
    },
  )

  fastify.post<{ Params: { id: string }; Querystring: PlaylistQuery }>(
    '/hls/:id/leave',
    {
      schema: {
        tags,
        summary: 'Leave: this player is counted no more',
        params: Id,
        querystring: Type.Object({
          session: Type.Optional(Type.String({ description: 'that of its playlists' })),
        }),
      },
    },
    async (request, reply) => {
      const { grant, viewing = sessionIn(request) } = await entered(request)
      if (viewing !== undefined)
        watched({ ...seenRequest(viewing, { grant, ip: request.ip, bytes: 0 }), leaving: true })
      return reply.code(204).send()
    },
  )

  fastify.get<{ Params: Params }>(
    '/hls/:id/:rendition/:file',
    {
      schema: {
        tags,
        summary: 'Initialization, segment or part',
        params: Type.Object({ id: Type.String(), rendition: Type.String(), file: Type.String() }),
      },
    },
    async (request, reply) => {
      const { id, rendition, file } = request.params
      const { isPrivate } = await entered(request, true)
      const stream = streams.get(id)
      const window = stream?.window(rendition)
      const resource = resourceOf(file)
      if (!stream || !window || resource?.run !== stream.run) throw unknownFile()
      const found = await find(resource, { stream, window, clock })
      if (!found) throw unknownFile()
      const type = window.rendition.kind === 'video' ? 'video/mp4' : 'audio/mp4'
      reply.header('cache-control', isPrivate ? PRIVATE : FOREVER)
      return sendPieces(reply.type(type), found)
    },
  )

  /** Undefined where a broadcast's media comes through this server. */
  async function storedOf(broadcast: Broadcast): Promise<StoredPlaylist | undefined> {
    return streams.get(broadcast.id) ? undefined : stored?.playlistOf(broadcast)
  }

  async function sendStored(
    request: FastifyRequest<{ Params: Params; Querystring: PlaylistQuery }>,
    reply: FastifyReply,
    { grant, isPrivate, viewing = sessionIn(request) }: Playing,
  ): Promise<FastifyReply> {
    const uploaded = await storedOf(grant.broadcast)
    if (!uploaded) throw unknownFile()
    const bytes = Math.round((uploaded.bandwidth / 8) * uploaded.targetDuration)
    if (viewing !== undefined && !uploaded.ended && !reply.raw.destroyed)
      watched(seenRequest(viewing, { grant, ip: request.ip, bytes }))
    return sendOwn(request, reply.type(PLAYLIST), uploaded.write({ isPrivate }))
  }

  /** What a player with a session asks for tells that it watches; caches may stand between it and the media. */
  function count(
    { ip }: FastifyRequest,
    { grant, window, viewing }: { grant: Grant; window: RenditionWindow; viewing: string | undefined },
  ): void {
    if (viewing === undefined || window.isOver) return
    watched(seenRequest(viewing, { grant, ip, bytes: window.latest?.parts.at(-1)?.bytes.length ?? 0 }))
  }

  function textsOf(window: RenditionWindow) {
    let held = texts.get(window)
    if (!held) texts.set(window, (held = { full: new CompressedText(), delta: new CompressedText() }))
    return held
  }
}

function multivariantOf({ bandwidth }: StoredPlaylist, query: string): string {
  return `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth}\n${STORED}/index.m3u8${query}\n`
}

function seenRequest(
  viewing: string,
  { grant, ip, bytes }: { grant: Grant; ip: string; bytes: number },
): SeenRequest {
  const userId = personIdOf(grant)
  return {
    key: viewing,
    subject: { kind: 'broadcast', id: grant.broadcast.id },
    protocol: 'hls',
    address: ip,
    ...(userId !== undefined && { userId }),
    bytes,
  }
}

/** The pieces of a file; undefined when it does not exist. What is hinted at is waited for. */
async function find(
  resource: Resource,
  { stream, window, clock }: { stream: HlsStream; window: RenditionWindow; clock: Pick<Clock, 'after'> },
): Promise<readonly Part['bytes'][] | undefined> {
  if (resource.kind === 'initialization') return window.initialization(resource.number)
  if (resource.kind === 'segment') return window.read(resource.number)
  const { number, part } = resource
  const { edge } = window
  if (number === edge.msn && part === edge.part && !window.isOver)
    await until(() => window.isOver || window.edge.msn !== edge.msn || window.edge.part !== edge.part, {
      ...{ clock, within: waitFor(stream) },
      wait: (listener) => window.wait(listener),
    })
  const bytes = window.segment(number)?.parts[part]?.bytes
  return bytes && bytes.length > 0 ? [bytes] : undefined
}

/** A segment leaves as the parts it was made of, without being put together. */
function sendPieces(reply: FastifyReply, pieces: readonly Buffer[]): FastifyReply | Buffer {
  const [only] = pieces
  if (only && pieces.length === 1) return only
  const headers = reply.getHeaders() as Record<string, string>
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, { ...headers, 'content-length': length })
  raw.cork()
  for (const piece of pieces) raw.write(piece)
  raw.end()
  raw.uncork()
  return reply
}

/** Milliseconds. */
const waitFor = ({ targetDuration }: HlsStream) => targetDuration * WAIT * 1000

type Waiting = {
  clock: Pick<Clock, 'after'>
  /** Milliseconds. */
  within: number
  /** Calls its listener once, after the next change. */
  wait: (listener: () => void) => () => void
}

/** Resolves to whether it came true in time. */
async function until(isTrue: () => boolean, { clock, within, wait }: Waiting): Promise<boolean> {
  if (isTrue()) return true
  return new Promise((resolve) => {
    const look = () => {
      if (isTrue()) {
        giveUp()
        resolve(true)
      } else stop = wait(look)
    }
    let stop = wait(look)
    const giveUp = clock.after(within, () => {
      stop()
      resolve(false)
    })
  })
}

function streamOf(streams: HlsStreams, broadcast: Broadcast): HlsStream {
  const stream = streams.get(broadcast.id)
  if (stream) return stream
  if (broadcast.record.delivery === 'p2p')
    throw new BroadcastError('peer-to-peer-only', 'its media goes from peer to peer and never comes here')
  broadcast.assertWatchable()
  throw new BroadcastError('broadcast-not-live', 'its media is not known yet', { retryAfter: 1 })
}

function assertPossible({ isPossible }: HlsStream, { tracks }: Broadcast): void {
  if (isPossible) return
  const codecs = tracks.flatMap(({ codec }) => (isPackageable(codec) ? [] : codec))
  throw new BroadcastError(
    'unsupported-media',
    `HLS does not carry ${codecs.join(' and ')}: publish H264 instead`,
  )
}

function unknownFile(): BroadcastError {
  return new BroadcastError('item-not-found', 'there is no such part of this broadcast, or it is gone')
}

/** What tells players of a public broadcast apart. */
function sessionIn({
  query: { session },
}: FastifyRequest<{ Querystring: PlaylistQuery }>): string | undefined {
  return session !== undefined && SESSION.test(session) ? session : undefined
}
