import { type Static, Type } from 'typebox'
import type { Broadcast } from '../core/broadcast.ts'
import type { WarningCode } from '../core/media-host.ts'
import { isFramesOnly, withoutFrames } from '../core/frames-only.ts'
import { isPackageable } from '../core/packaging/packageable.ts'

const nullable = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()])

const Layer = Type.Object({
  rid: Type.String(),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
})

/** A broadcast as the outside sees it. */
export const BroadcastViewSchema = Type.Object({
  id: Type.String(),
  title: Type.String(),
  visibility: Type.String({ description: 'public, unlisted or private' }),
  record: Type.Boolean(),
  delivery: Type.String({ description: 'sfu or p2p' }),
  chat: Type.Boolean({ description: 'Its audience may talk.' }),
  state: Type.String({ description: 'created, live, reconnecting or ended' }),
  viewers: Type.Integer(),
  createdAt: Type.String({ format: 'date-time' }),
  startedAt: nullable(Type.String({ format: 'date-time' })),
  endedAt: nullable(Type.String({ format: 'date-time' })),
  codecs: Type.Array(Type.String()),
  tracks: Type.Array(
    Type.Object({
      kind: Type.String(),
      codec: Type.String(),
      clockRate: Type.Integer(),
      channels: Type.Optional(Type.Integer()),
      fmtp: Type.Optional(Type.String()),
      layers: Type.Array(Layer),
    }),
  ),
  health: Type.Union([
    Type.Object({
      bitrate: Type.Number({ description: 'bits per second' }),
      loss: Type.Number({ description: '0 to 1' }),
      layers: Type.Array(
        Type.Object({
          rid: Type.String(),
          bitrate: Type.Number(),
          framesPerSecond: Type.Number(),
          width: Type.Optional(Type.Integer()),
          height: Type.Optional(Type.Integer()),
          keyFrameInterval: Type.Optional(Type.Number({ description: 'seconds' })),
        }),
      ),
    }),
    Type.Null(),
  ]),
  warnings: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), cure: Type.String() })),
  thumbnail: nullable(Type.String({ description: 'path of the newest picture' })),
  urls: Type.Object({
    studio: Type.String(),
    view: Type.String(),
    embed: Type.String(),
    whip: Type.String(),
    whep: Type.String(),
    signalling: Type.String(),
    chat: Type.String(),
    hls: nullable(Type.String({ description: 'null where HLS can not carry its codecs' })),
    frames: Type.String({ description: 'WebSocket that JPEG frames are sent to and watched through' }),
    thumbnail: Type.String(),
  }),
})

export type BroadcastView = Static<typeof BroadcastViewSchema>

/** An encoder's fault in words, with what to do about it. */
const WARNINGS = {
  'b-frames': {
    message: 'The encoder sends B-frames, which WebRTC viewers see as stutter.',
    cure: 'Set B-frames to 0 (in OBS: Settings → Output → Max B-frames; ffmpeg: -bf 0).',
  },
  'long-key-frame-interval': {
    message:
      'Key frames come more than 4 seconds apart and not when asked for, so viewers wait to see a picture.',
    cure: 'Set the key-frame interval to 2 seconds (in OBS: Settings → Output → Keyframe Interval; ffmpeg: -g 60).',
  },
  'storage-away': {
    message: 'The storage does not answer: nothing new can be shown until it does.',
    cure: 'Nothing needs to be done here. See that the storage runs; uploads go on by themselves.',
  },
  'playlist-refused': {
    message: 'The uploaded index.m3u8 can not be shown.',
    cure: 'Upload an unencrypted media playlist that names only files beside it; the log of the server says more.',
  },
} satisfies Record<WarningCode, { message: string; cure: string }>

/** Named before the first viewer looks for it. */
function withoutHls(codec: string): BroadcastView['warnings'][number] {
  return {
    code: 'no-hls',
    message: `HLS and recordings can not carry ${codec}: this broadcast is watched over WebRTC only.`,
    cure: 'Publish H264 (in the studio: Advanced → Video codec).',
  }
}

/** The same, where a script or camera sends pictures and nobody makes video of them. */
const FRAMES_ONLY = {
  code: 'frames-only',
  message: 'It is published as JPEG frames and not encoded: HLS, recordings and WebRTC do not carry it.',
  cure: 'Install ffmpeg on the server (KLIEG_FFMPEG), and let it encode (KLIEG_FRAMES_ENCODED_MAX).',
}

const isoOf = (time: number | null) => (time === null ? null : new Date(time).toISOString())

/** `base` is the public URL without a slash at its end. */
export function broadcastView(broadcast: Broadcast, base: string): BroadcastView {
  const { id, record, state, viewers, tracks, health, warnings, thumbnail } = broadcast
  const { title, visibility, delivery, chat, createdAt, startedAt, endedAt } = record
  const framesOnly = isFramesOnly(broadcast)
  const unpackageable = withoutFrames(tracks).find(({ codec }) => !isPackageable(codec))
  const path = `/api/broadcasts/${id}/thumbnail.jpg`
  return {
    id,
    title,
    visibility,
    record: record.record,
    delivery,
    chat,
    state,
    viewers,
    createdAt: new Date(createdAt).toISOString(),
    startedAt: isoOf(startedAt),
    endedAt: isoOf(endedAt),
    codecs: tracks.map(({ codec }) => codec),
    tracks: tracks.map((track) => ({ ...track, layers: [...track.layers] })),
    health: health ? { ...health, layers: [...health.layers] } : null,
    warnings: [
      ...warnings.map((code) => ({ code, ...WARNINGS[code] })),
      ...(unpackageable && delivery === 'sfu' ? [withoutHls(unpackageable.codec)] : []),
      ...(framesOnly ? [FRAMES_ONLY] : []),
    ],
    thumbnail: thumbnail ? `${path}?v=${thumbnail.version}` : null,
    urls: {
      studio: `${base}/broadcast/`,
      view: `${base}/view/${id}/`,
      embed: `${base}/embed/${id}`,
      whip: `${base}/whip/${id}`,
      whep: `${base}/whep/${id}`,
      signalling: `${base.replace(/^http/, 'ws')}/ws/webrtc/${id}/`,
      chat: `${base.replace(/^http/, 'ws')}/ws/chat/${id}/`,
      hls: unpackageable || framesOnly || delivery === 'p2p' ? null : `${base}/hls/${id}/index.m3u8`,
      frames: `${base.replace(/^http/, 'ws')}/ws/video/${id}/`,
      thumbnail: `${base}${path}`,
    },
  }
}

/** The configured public URL, else the one that the request came to. */
export function baseUrlOf(
  publicUrl: string,
  { protocol, host }: { readonly protocol: string; readonly host: string },
): string {
  return publicUrl ? publicUrl.replace(/\/$/, '') : `${protocol}://${host}`
}
