import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'

/** How this process is. */
export type ProcessLoad = Disposable & {
  /** `loopLag` is the 99th percentile since the last call. */
  read(): { readonly processorSeconds: number; readonly memory: number; readonly loopLag: number }
}

/** Milliseconds. Each look wakes an idle process. */
const RESOLUTION = 100
const NANOSECONDS = 1e9
const MICROSECONDS = 1e6

/** Begins to watch this process. */
export function watchProcess(): ProcessLoad {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  return {
    read() {
      const { user, system } = process.cpuUsage()
      const lag = delay.count > 0 ? delay.percentile(99) / NANOSECONDS - RESOLUTION / 1000 : 0
      delay.reset()
      return {
        processorSeconds: (user + system) / MICROSECONDS,
        memory: process.memoryUsage.rss(),
        loopLag: Math.max(0, lag),
      }
    },
    [Symbol.dispose]: () => void delay.disable(),
  }
}
