import type { Publication } from '../../client/index.ts'

/** Milliseconds; video that has not connected by then is blocked on the way, as in many offices and hotels. */
export const VIDEO_CONNECTS_WITHIN = 6000

/** Whether video may be stuck on its way. A server that is away, or refuses, is no question of the way. */
export function isBlocked({
  state,
  problem,
}: Pick<Publication, 'state'> & { problem?: Publication['problem'] }) {
  if (state !== 'connecting') return false
  return problem === undefined || (problem.status === 0 && problem.code !== 'unreachable')
}
