import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const WARM_UP_CALLS = 30_000
const ROUNDS = 7
const MOST_CALLS = 20_000
const MOST_ATTEMPTS = 50

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/**
 * Bytes of JavaScript heap that one call of `run` takes once the compiler has optimized it. The least of several
 * rounds counts: what the runtime itself allocates now and then is not the function's doing. Infinity when it
 * takes so much that no round passes without a garbage collection.
 */
export function allocatedBytesPerCall(run: () => unknown): number {
  repeat(run, WARM_UP_CALLS)
  let calls = MOST_CALLS
  let least = Infinity
  let measured = 0
  for (let attempt = 0; attempt < MOST_ATTEMPTS && measured < ROUNDS; attempt++) {
    const bytes = measure(run, calls)
    if (bytes < 0) {
      calls = Math.max(1, calls >> 1)
      continue
    }
    least = Math.min(least, bytes / calls)
    measured++
  }
  return least
}

/** Heap growth over `calls`, less that of doing nothing; -1 when a collection came between. */
function measure(run: () => unknown, calls: number): number {
  const idle = growth(doNothing, 1)
  const grown = growth(run, calls)
  return idle < 0 || grown < 0 ? -1 : Math.max(0, grown - idle)
}

function growth(run: () => unknown, calls: number): number {
  collectGarbage()
  const profiler = new GCProfiler()
  profiler.start()
  const before = getHeapStatistics().used_heap_size
  repeat(run, calls)
  const after = getHeapStatistics().used_heap_size
  return profiler.stop().statistics.length > 0 ? -1 : after - before
}

let kept: unknown

/** Keeps the last result, so that the compiler cannot leave the call out. */
function repeat(run: () => unknown, calls: number): void {
  for (let call = 0; call < calls; call++) kept = run()
}

function doNothing(): unknown {
  return kept
}
