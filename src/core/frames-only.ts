import type { Broadcast } from './broadcast.ts'
import { BroadcastError } from './errors.ts'
import type { TrackInfo } from './track-info.ts'

/** What video doors carry: frames stay with their own door, and what was encoded of them stands beside them. */
export function withoutFrames(tracks: readonly TrackInfo[]): readonly TrackInfo[] {
  return tracks.filter(({ codec }) => codec !== 'JPEG')
}

/** Whether it is published as JPEG frames that nobody encodes. */
export function isFramesOnly({ tracks }: Pick<Broadcast, 'tracks'>): boolean {
  return tracks.length > 0 && withoutFrames(tracks).length === 0
}

/** For doors that cannot carry them. */
export function framesOnly(): BroadcastError {
  return new BroadcastError(
    'unsupported-media',
    'it is published as JPEG frames, and this server does not encode them: watch it on its page, at /frames/<id>.mjpeg or over /ws/video/<id>/; or install ffmpeg on the server and allow it to encode (KLIEG_FRAMES_ENCODED_MAX)',
  )
}
