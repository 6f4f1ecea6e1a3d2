import { Type } from 'typebox'
import { BroadcastViewSchema } from '../../protocols/broadcast-view.ts'
import { ViewingViewSchema } from '../../protocols/watch-log/viewing-view.ts'

type Answer = {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly type: 'string'; readonly description: string }>>
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
  readonly type?: 'null'
}

const PLAYLIST = 'application/vnd.apple.mpegurl'
const text = (type: string) => ({ [type]: { schema: { type: 'string' } } })
const binary = (type: string) => ({ [type]: { schema: { type: 'string', format: 'binary' } } })
const header = (description: string) => ({ type: 'string', description }) as const
const empty = (description: string): Answer => ({ description, type: 'null' })

const SDP_ANSWER: Answer = {
  description: 'The SDP answer.',
  headers: {
    Location: header('The session: PATCH candidates to it, DELETE it to leave.'),
    ETag: header('For If-Match of PATCH.'),
    Link: header('ICE servers, and for viewers the extensions.'),
  },
  content: text('application/sdp'),
}

const VIDEO_HEADERS = {
  ETag: header('For If-Range, If-None-Match and If-Match.'),
  'Last-Modified': header('For If-Range, If-Modified-Since and If-Unmodified-Since.'),
  'Accept-Ranges': header('bytes'),
}

/** What routes answer whose bodies are not JSON, by method and path as Fastify writes it. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  'POST /whip/:id': { 201: SDP_ANSWER },
  'PATCH /whip/:id/:session': { 204: empty('The candidates are taken.') },
  'DELETE /whip/:id/:session': { 200: empty('The session is over.') },
  'POST /whip/:id/:session/clock': { 204: empty('The clock is known.') },
  'POST /whep/:id': { 201: SDP_ANSWER },
  'PATCH /whep/:id/:session': { 204: empty('The candidates are taken.') },
  'DELETE /whep/:id/:session': { 200: empty('The session is over.') },
  'POST /whep/:id/:session/sse': {
    201: { ...empty('Subscribed.'), headers: { Location: header('Where the events are read.') } },
  },
  'GET /whep/:id/:session/sse/:events': {
    200: { description: 'Events, for as long as the session lives.', content: text('text/event-stream') },
  },
  'DELETE /whep/:id/:session/sse/:events': { 200: empty('Unsubscribed.') },
  'POST /whep/:id/:session/layer': { 200: empty('The layer changes with its next key frame.') },
  'PUT /api/broadcasts/:id/thumbnail': { 204: empty('The picture is kept.') },
  'GET /api/broadcasts/:id/thumbnail.jpg': {
    200: {
      description: 'The picture.',
      headers: { ETag: header('For If-None-Match.') },
      content: binary('image/jpeg'),
    },
    304: empty('It is the picture that the client has.'),
  },
  'POST /api/auth/sign-out': { 204: empty('This browser is signed out.') },
  'POST /api/auth/sign-out-everywhere': { 204: empty('Every browser is signed out.') },
  'DELETE /api/auth/sign-ins/:id': { 204: empty('That browser is signed out.') },
  'POST /api/auth/password': { 204: empty('The password is changed.') },
  'POST /api/auth/totp/off': { 204: empty('The second factor is off.') },
  'POST /api/auth/forgotten': { 202: empty('If there is such an account, a letter is on its way.') },
  'POST /api/auth/reset': { 204: empty('The password is changed.') },
  'DELETE /api/users/:id': { 204: empty('It is gone.') },
  'POST /api/users/:id/sign-out': { 204: empty('Every browser is signed out.') },
  'DELETE /api/users/:id/second-factor': { 204: empty('The second factor is off.') },
  'DELETE /api/invitations/:id': { 204: empty('The link opens nothing any more.') },
  'DELETE /api/api-keys/:id': { 204: empty('The key opens nothing any more.') },
  'DELETE /api/broadcasts/:id': { 204: empty('It is gone.') },
  'DELETE /api/broadcasts/:id/chat/messages/:message': { 204: empty('Nobody sees it any more.') },
  'DELETE /api/broadcasts/:id/chat/sanctions/:sanction': { 204: empty('It is forgiven.') },
  'GET /api/events': {
    200: { description: 'Events, until the client leaves.', content: text('text/event-stream') },
  },
  'GET /streams/': {
    200: {
      description: 'What is live.',
      content: {
        'application/json': { schema: Type.Object({ streams: Type.Array(BroadcastViewSchema) }) },
        ...text('text/html'),
      },
    },
  },
  'POST /api/admin/broadcasts/:id/publisher/kick': { 204: empty('The broadcast has ended.') },
  'POST /api/admin/broadcasts/:id/viewers/:viewing/kick': { 204: empty('They are gone.') },
  'DELETE /api/admin/broadcasts/:id/exclusions/:exclusion': { 204: empty('They may come in again.') },
  'DELETE /api/webhooks/:id': { 204: empty('It is gone.') },
  'GET /api/audit-log.csv': { 200: { description: 'A line per entry.', content: text('text/csv') } },
  'GET /api/viewings.csv': { 200: { description: 'A line per viewing.', content: text('text/csv') } },
  'GET /api/viewings.json': {
    200: {
      description: 'All viewings.',
      content: { 'application/json': { schema: Type.Array(ViewingViewSchema) } },
    },
  },
  'GET /api/stream/': {
    200: { description: 'The whole video.', headers: VIDEO_HEADERS, content: binary('video/*') },
    206: {
      description: 'What Range asked for, or its beginning; several ranges come as multipart/byteranges.',
      headers: { ...VIDEO_HEADERS, 'Content-Range': header('Which bytes these are, of how many.') },
      content: binary('video/*'),
    },
    304: empty('It is the video that the client has.'),
  },
  'GET /api/library/:kind/:id/poster.jpg': {
    200: {
      description: 'The picture.',
      headers: { ETag: header('For If-None-Match.') },
      content: binary('image/jpeg'),
    },
    304: empty('It is the picture that the client has.'),
  },
  'DELETE /api/library/:kind/:id': { 204: empty('It is gone.') },
  'DELETE /api/recordings/:id': { 204: empty('It is gone.') },
  'GET /recordings/:id/index.m3u8': { 200: { description: 'A playlist.', content: text(PLAYLIST) } },
  'GET /recordings/:id/video.mp4': {
    200: { description: 'The whole video.', headers: VIDEO_HEADERS, content: binary('video/mp4') },
    206: {
      description: 'What Range asked for.',
      headers: { ...VIDEO_HEADERS, 'Content-Range': header('Which bytes these are, of how many.') },
      content: binary('video/mp4'),
    },
    304: empty('It is the video that the client has.'),
  },
  'GET /recordings/:id/poster.jpg': { 200: { description: 'The picture.', content: binary('image/jpeg') } },
  'GET /recordings/:id/:file': {
    200: {
      description: 'A playlist, or a media file.',
      content: { ...text(PLAYLIST), ...binary('video/mp4') },
    },
    206: { description: 'A range of a media file.', content: binary('video/mp4') },
  },
  'POST /api/uploads': {
    201: {
      ...empty('It may begin.'),
      headers: {
        Location: header('PATCH bytes to it, HEAD it to hear how many have arrived, DELETE it to give up.'),
      },
    },
  },
  'HEAD /api/uploads/:upload': {
    200: {
      ...empty('It can go on.'),
      headers: {
        'Upload-Offset': header('Bytes that have arrived.'),
        'Upload-Length': header('Bytes in all.'),
      },
    },
  },
  'PATCH /api/uploads/:upload': {
    204: {
      ...empty('The bytes have arrived.'),
      headers: {
        'Upload-Offset': header('Bytes that have arrived.'),
        'Content-Location': header('The item of the library, once all have arrived.'),
      },
    },
  },
  'DELETE /api/uploads/:upload': { 204: empty('It is given up.') },
  'GET /hls/:id/index.m3u8': { 200: { description: 'A playlist.', content: text(PLAYLIST) } },
  'GET /hls/:id/:rendition/index.m3u8': { 200: { description: 'A playlist.', content: text(PLAYLIST) } },
  'GET /hls/:id/:rendition/:file': {
    200: {
      description: 'CMAF: what its name says.',
      content: { ...binary('video/mp4'), ...binary('audio/mp4') },
    },
  },
  'POST /hls/:id/leave': { 204: empty('The player is counted no more.') },
  'GET /frames/:id.mjpeg': {
    200: {
      description: 'JPEG pictures, each of them whole, until the broadcast ends or the client leaves.',
      content: binary('multipart/x-mixed-replace'),
    },
  },
  'GET /frames/:id.jpg': { 200: { description: 'The picture.', content: binary('image/jpeg') } },
  'GET /metrics': { 200: { description: 'Metrics.', content: text('text/plain') } },
}

/** As the interface description has it; undefined where the route itself says what it answers. */
export function describedAnswers(method: string, url: string): Readonly<Record<string, Answer>> | undefined {
  return ANSWERS[`${method} ${url}`]
}
