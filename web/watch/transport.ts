import type { ViewingState } from '../../client/index.ts'

/** How the picture comes: with the least delay, or through whatever lets HTTP through. */
export type Transport = 'webrtc' | 'hls'

/** What the viewer asked for. */
export type Wish = 'auto' | Transport

/** Whether WebRTC, given its time, will not get anywhere, where HLS might. */
export function shouldFallBack(state: ViewingState, problem: string | undefined): boolean {
  if (state === 'failed') return problem === 'no-common-codec' || problem === 'unsupported'
  return state === 'connecting' && problem !== 'unreachable'
}
