import type { Broadcast } from '../../core/broadcast.ts'
import { BroadcastError } from '../../core/errors.ts'

/** Whether its publisher sends JPEG frames. */
export function sendsFrames({ tracks }: Broadcast): boolean {
  return tracks.some(({ codec }) => codec === 'JPEG')
}

/** Throws `unsupported-media` for what runs through another door. What has not begun yet may still become frames. */
export function assertSendsFrames(broadcast: Broadcast): void {
  const { state, tracks } = broadcast
  if ((state !== 'live' && state !== 'reconnecting') || tracks.length === 0 || sendsFrames(broadcast)) return
  const codecs = tracks.map(({ codec }) => codec).join(' and ')
  throw new BroadcastError(
    'unsupported-media',
    `it is published as ${codecs} and not as JPEG frames: watch it over WHEP or HLS, or fetch /frames/${broadcast.id}.jpg for its newest picture`,
  )
}
