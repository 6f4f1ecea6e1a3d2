import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const WARM_UP_CALLS = 30_000
const MOST_CALLS = 10_000
const MOST_ROUNDS = 60

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/**
 * Bytes of JavaScript heap that one call of `run` takes once the compiler has optimized it. The least of many
 * rounds counts, for what the runtime itself allocates now and then, and the compiler while it still works, is not
 * the function's doing; a round that takes nothing ends the measurement. Infinity when the function takes so much
 * that no round passes without a garbage collection.
 */
export function allocatedBytesPerCall(run: () => unknown): number {
  repeat(run, WARM_UP_CALLS)
  let calls = MOST_CALLS
  let least = Infinity
  for (let round = 0; round < MOST_ROUNDS && least > 0; round++) {
    const bytes = growth(run, calls)
    if (bytes === undefined) calls = Math.max(1, calls >> 1)
    else least = Math.min(least, bytes / calls)
  }
  return least
}

/** Bytes of all buffers that are still in use. */
export function memoryOfBuffers(): number {
  collectGarbage()
  collectGarbage() // what finalizers let go of
  return process.memoryUsage().arrayBuffers
}

/** Growth of the heap over `calls`, less that of none; undefined when a collection came between. */
function growth(run: () => unknown, calls: number): number | undefined {
  collectGarbage()
  const profiler = new GCProfiler()
  profiler.start()
  const idle = getHeapStatistics().used_heap_size
  const before = getHeapStatistics().used_heap_size
  repeat(run, calls)
  const after = getHeapStatistics().used_heap_size
  if (profiler.stop().statistics.length > 0) return undefined
  return Math.max(0, after - before - (before - idle))
}

/**
 * Calls through a site that has seen several functions, so that the compiler does not put `run` into the loop and
 * then leave out what nobody looks at.
 */
function repeat(run: () => unknown, calls: number): void {
  for (let call = 0; call < calls; call++) kept.result = run()
}

const kept: { result?: unknown } = {}
for (const other of [() => 0, () => '', () => kept]) repeat(other, 1)
