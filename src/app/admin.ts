import { statfs } from 'node:fs/promises'
import type { Server } from 'node:http'
import { availableParallelism, totalmem } from 'node:os'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { Clock } from '../core/ports.ts'
import { Samples } from '../core/samples.ts'
import { watchProcess } from '../platform/process-load.ts'
import type { WorkerPool } from '../platform/workers/worker-pool.ts'
import type { AdminFacts } from '../protocols/admin/admin-plugin.ts'
import type { LiveSettings } from './config/live-settings.ts'
import { examineRunning } from './doctor/doctor.ts'
import { connectionBytes } from './http/connection-bytes.ts'

/** What administrators see of the server itself. */
export function openAdmin({
  settings,
  version,
  broadcasts,
  pool,
  server,
  clock,
}: {
  settings: LiveSettings
  version: string
  broadcasts: Broadcasts
  pool: Pick<WorkerPool, 'stats'>
  server: Server
  clock: Clock
}): AdminFacts & Disposable {
  const { config } = settings
  const main = watchProcess()
  const bytes = connectionBytes(server)
  const samples = new Samples({
    clock,
    read() {
      const [workers, { processorSeconds, memory, loopLag }] = [pool.stats(), main.read()]
      const { bytesIn, bytesOut } = bytes()
      const inUse = broadcasts.inUse()
      const total = (first: number, of: (stats: (typeof workers)[number]) => number) =>
        workers.reduce((sum, stats) => sum + of(stats), first)
      return {
        live: inUse.filter(({ state }) => state === 'live' || state === 'reconnecting').length,
        viewers: inUse.reduce((sum, { viewers }) => sum + viewers, 0),
        bytesIn: total(bytesIn, (stats) => stats.bytesIn),
        bytesOut: total(bytesOut, (stats) => stats.bytesOut),
        processorSeconds: total(processorSeconds, (stats) => stats.processorSeconds),
        memory: total(memory, (stats) => stats.residentBytes),
        loopLag: Math.max(loopLag, ...workers.map(({ eventLoopLag }) => eventLoopLag)),
      }
    },
  })
  return {
    samples,
    version,
    startedAt: clock.now(),
    processors: availableParallelism(),
    memoryTotal: totalmem(),
    async disk() {
      const { bavail, blocks, bsize } = await statfs(config.dataDir)
      return { free: bavail * bsize, total: blocks * bsize }
    },
    workers: () =>
      pool.stats().map(({ id, pid, sessions, residentBytes, eventLoopLag }) => ({
        ...{ id, pid, sessions },
        memory: residentBytes,
        loopLag: eventLoopLag,
      })),
    settings: () => settings.describe(),
    changeSettings: (wishes) => settings.change(wishes),
    examine: () => examineRunning(config),
    [Symbol.dispose]() {
      samples[Symbol.dispose]()
      main[Symbol.dispose]()
    },
  }
}
