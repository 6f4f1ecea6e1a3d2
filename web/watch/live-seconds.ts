import type { BroadcastView } from '../../client/index.ts'

/** How long a broadcast has been running; 0 while it is not. */
export function liveSeconds({ startedAt, endedAt }: BroadcastView, now: number): number {
  return startedAt === null || endedAt !== null ? 0 : Math.max(0, (now - Date.parse(startedAt)) / 1000)
}
