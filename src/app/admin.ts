import { statfs } from 'node:fs/promises'
import type { Server } from 'node:http'
import { availableParallelism, totalmem } from 'node:os'
import process from 'node:process'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { Clock } from '../core/ports.ts'
import { Samples } from '../core/samples.ts'
import { watchProcess } from '../platform/process-load.ts'
import type { WorkerPool } from '../platform/workers/worker-pool.ts'
import type { AdminFacts } from '../protocols/admin/admin-plugin.ts'
import { describedSettings } from './config/described-settings.ts'
import type { Config } from './config/schema.ts'
import { examineRunning } from './doctor/doctor.ts'
import { connectionBytes } from './http/connection-bytes.ts'

/** What administrators see of the server itself. */
export function openAdmin({
  config,
  version,
  broadcasts,
  pool,
  server,
  clock,
}: {
  config: Config
  version: string
  broadcasts: Broadcasts
  pool: Pick<WorkerPool, 'stats'>
  server: Server
  clock: Clock
}): AdminFacts & Disposable {
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
    settings: () => describedSettings(config, process.env),
    examine: () => examineRunning(config),
    [Symbol.dispose]() {
      samples[Symbol.dispose]()
      main[Symbol.dispose]()
    },
  }
}
