import type { BroadcastView } from '../../client/index.ts'

/** There is sound, and no picture to wait for. */
export function isAudioOnly({ tracks }: Pick<BroadcastView, 'tracks'>): boolean {
  return tracks.length > 0 && tracks.every(({ kind }) => kind === 'audio')
}
