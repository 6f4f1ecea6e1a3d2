import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import { mediaPlaylist, multivariantPlaylist } from '../../core/recording/playlists.ts'
import { secondsOf } from '../../core/recording/seconds-of.ts'
import { sendOwn, withQuery } from '../private-playlist.ts'
import { downloadDisposition } from './download-name.ts'
import { type RecordingDoorsOptions, type Watchable, watchable } from './recording-doors.ts'

type Endpoint = { Params: { id: string } }
type FileEndpoint = { Params: { id: string; file: string } }

const PRIVATE = 'private, no-store'
const PLAYLIST = 'application/vnd.apple.mpegurl'
const MEDIA_FILE = /^([a-z]{1,8}\d{0,4})-(\d{1,6})\.mp4$/
const RENDITION_PLAYLIST = /^([a-z]{1,8}\d{0,4})\.m3u8$/
/** Seconds after which trying again makes sense. */
const RETRY_AFTER = 10
const FIRST_SEGMENT = 2
const tags = ['Recordings']
const compress = promisify(gzip)

/** `/recordings/:id/…`: replay by HLS, and the one file to keep. */
export async function replayPlugin(fastify: FastifyInstance, options: RecordingDoorsOptions): Promise<void> {
  const { recordings, mediaFile, videoFile, poster, sendFile, replayed, watchAccess } = options

  /** One of a private recording carries on the pass of its player. */
  async function sendPlaylist(
    request: FastifyRequest,
    reply: FastifyReply,
    watched: Watchable,
    text: string,
  ): Promise<FastifyReply> {
    reply.type(PLAYLIST).header('vary', 'accept-encoding')
    const pass = watchAccess.passFor(watched)
    if (pass !== undefined) return sendOwn(request, reply, withQuery(text, `?session=${pass}`))
    reply.header('cache-control', playlistCaching(watched))
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text)
    return reply.header('content-encoding', 'gzip').send(await compress(text))
  }

  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin')
  })

  fastify.get<Endpoint>(
    '/recordings/:id/index.m3u8',
    { schema: { tags, summary: 'Replay: HLS, all renditions' } },
    async (request, reply) => {
      const watched = await watchable(options, request, request.params.id)
      const { record } = watched
      const renditions = await recordings.journals(record.id)
      if (renditions.every(({ segments }) => segments.length === 0))
        throw new BroadcastError('recording-not-ready', 'its first seconds are not here yet', {
          retryAfter: FIRST_SEGMENT,
        })
      return sendPlaylist(request, reply, watched, multivariantPlaylist(renditions))
    },
  )

  fastify.get<Endpoint>(
    '/recordings/:id/video.mp4',
    { schema: { tags, summary: 'One file, made when it is asked for first' } },
    async (request, reply) => {
      const watched = await watchable(options, request, request.params.id)
      const { record } = watched
      if (record.state === 'recording')
        throw new BroadcastError('recording-not-ready', 'this is still being recorded', {
          retryAfter: RETRY_AFTER,
        })
      const file = await videoFile(record, await recordings.journals(record.id))
      reply
        .header('cache-control', mediaCaching(watched))
        .header('content-disposition', downloadDisposition(record.title, 'mp4'))
      for (const interval of await sendFile(request, reply, file))
        replayed?.({ request, record, protocol: 'range', bytes: interval.to - interval.from, interval })
      return reply
    },
  )

  fastify.get<Endpoint>(
    '/recordings/:id/poster.jpg',
    { schema: { tags, summary: 'Its first picture' } },
    async (request, reply) => {
      const watched = await watchable(options, request, request.params.id)
      const { record } = watched
      const renditions = record.state === 'failed' ? [] : await recordings.journals(record.id)
      const first = await poster(record.id, renditions)
      const jpeg = first ?? watched.grant.broadcast.thumbnail?.jpeg
      if (!jpeg) throw new BroadcastError('recording-not-found', 'there is no picture of this recording')
      reply.header('cache-control', first ? playlistCaching(watched) : 'no-cache')
      return reply.type('image/jpeg').send(jpeg)
    },
  )

  fastify.get<FileEndpoint>(
    '/recordings/:id/:file',
    { schema: { tags, summary: 'A rendition: its playlist, or a media file by range' } },
    async (request, reply) => {
      const watched = await watchable(options, request, request.params.id)
      const { record } = watched
      const { file } = request.params
      const renditions = await recordings.journals(record.id)
      const playlistOf = RENDITION_PLAYLIST.exec(file)?.[1]
      const [, mediaOf, number] = MEDIA_FILE.exec(file) ?? []
      const rendition = renditions.find(({ id }) => id === (playlistOf ?? mediaOf))
      if (!rendition) throw nothingHere()
      if (playlistOf !== undefined) {
        const finished = record.state !== 'recording'
        return sendPlaylist(request, reply, watched, mediaPlaylist(rendition, { renditions, finished }))
      }
      if (!rendition.initializations.some((one) => one.file === Number(number))) throw nothingHere()
      reply.header('cache-control', mediaCaching(watched))
      for (const range of await sendFile(request, reply, mediaFile(record.id, file))) {
        const fact = { request, record, protocol: 'hls', bytes: range.to - range.from } as const
        // Sound is fetched beside the picture: its seconds are the same ones.
        const isMain = rendition.kind === 'video' || renditions.every(({ kind }) => kind === 'audio')
        const interval = isMain ? secondsOf(rendition, Number(number), range) : undefined
        replayed?.(interval ? { ...fact, interval } : fact)
      }
      return reply
    },
  )
}

const nothingHere = () => new BroadcastError('recording-not-found', 'this recording has no such file')

/** May change while it is recorded, and be gone afterwards. */
function playlistCaching({ record, isPrivate }: Watchable): string {
  if (isPrivate) return PRIVATE
  return record.state === 'recording' ? 'no-cache' : 'public, max-age=60'
}

/** Never changes once it is finished. */
function mediaCaching({ record, isPrivate }: Watchable): string {
  if (isPrivate) return PRIVATE
  return record.state === 'recording' ? 'no-cache' : 'public, max-age=31536000, immutable'
}
