/** How far a server's clock is ahead of this one. */
type ClockOffset = {
  /** Milliseconds: server clock minus this clock. */
  readonly offset: number
  /** Of the quickest answer; the offset is wrong by half of it at most. */
  readonly roundTrip: number
}

const SAMPLES = 5

/**
 * Asks `GET /api/time` a few times and believes the quickest answer. `now` is the clock to compare, in milliseconds
 * since the epoch. Rejects when the server gives no time.
 */
export async function measureClockOffset(
  url: string | URL,
  {
    signal,
    now = () => Date.now(),
  }: { signal?: AbortSignal | undefined; now?: (() => number) | undefined } = {},
): Promise<ClockOffset> {
  let best: ClockOffset | undefined
  for (let i = 0; i < SAMPLES; i++) {
    const asked = now()
    const response = await fetch(url, { cache: 'no-store', signal: signal ?? null })
    const answered = now()
    const server = ((await response.json()) as { now?: unknown } | null)?.now
    if (!response.ok || typeof server !== 'number') throw new Error(`no time at ${String(url)}`)
    const roundTrip = answered - asked
    if (!best || roundTrip < best.roundTrip) best = { offset: server + roundTrip / 2 - answered, roundTrip }
  }
  if (!best) throw new Error('never asked')
  return best
}

/** A wall clock that never steps, for comparing with times of displayed pictures. */
export function pageClock(): number {
  return performance.timeOrigin + performance.now()
}
