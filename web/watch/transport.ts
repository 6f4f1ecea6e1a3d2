import type { ViewingState } from '../../client/index.ts'

/** How the picture comes: with the least delay, through whatever lets HTTP through, or as the JPEG frames that are sent. */
export type Transport = 'webrtc' | 'hls' | 'frames'

/** What the viewer asked for. */
export type Wish = 'auto' | 'webrtc' | 'hls'

/** Whether WebRTC gets through: yes, or not yet, or not at all. */
export type Passage = 'open' | 'unknown' | 'blocked'

const HOPELESS = new Set(['connect-timeout', 'hls-only', 'no-common-codec', 'unsupported'])

/** What a viewing over WebRTC tells of its way. A server that is away, or a refusal, is no question of the way. */
export function passageOf(state: ViewingState, problem: string | undefined): Passage {
  if (problem !== undefined && HOPELESS.has(problem)) return 'blocked'
  return state === 'connecting' && problem !== 'unreachable' ? 'unknown' : 'open'
}
