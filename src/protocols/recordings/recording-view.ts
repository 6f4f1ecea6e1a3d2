import { type Static, Type } from 'typebox'
import type { RecordingRecord } from '../../core/recording/recording-store.ts'

/** A recording as the outside sees it. */
export const RecordingViewSchema = Type.Object({
  id: Type.String(),
  broadcastId: Type.String(),
  title: Type.String(),
  state: Type.String({ description: 'recording, ready or failed' }),
  startedAt: Type.String({ format: 'date-time' }),
  endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  duration: Type.Number({ description: 'seconds of media, without the gaps' }),
  size: Type.Integer({ description: 'bytes of media' }),
  truncated: Type.Boolean({
    description: 'Something is missing that the publisher sent: the disk was full or too slow, or failed.',
  }),
  codecs: Type.Array(Type.String()),
  urls: Type.Object({ playlist: Type.String(), video: Type.String(), poster: Type.String() }),
})

export type RecordingView = Static<typeof RecordingViewSchema>

/** `base` is the public URL without a slash at its end. */
export function recordingView(record: RecordingRecord, base: string): RecordingView {
  const { id, startedAt, endedAt, codecs, ...same } = record
  const folder = `${base}/recordings/${id}`
  return {
    id,
    ...same,
    codecs: [...codecs],
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    urls: {
      playlist: `${folder}/index.m3u8`,
      video: `${folder}/video.mp4`,
      poster: `${folder}/poster.jpg`,
    },
  }
}
