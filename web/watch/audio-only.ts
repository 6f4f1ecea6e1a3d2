import type { BroadcastView } from '../../client/index.ts'

/** Something is to be heard, or may come to be. */
export function hasSound({ tracks }: Pick<BroadcastView, 'tracks'>): boolean {
  return tracks.length === 0 || tracks.some(({ kind }) => kind === 'audio')
}

/** There is sound, and no picture to wait for. */
export function isAudioOnly({ tracks }: Pick<BroadcastView, 'tracks'>): boolean {
  return tracks.length > 0 && tracks.every(({ kind }) => kind === 'audio')
}
