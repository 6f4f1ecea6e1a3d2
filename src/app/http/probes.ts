import type { FastifyInstance } from 'fastify'
import { Gauge, Registry } from 'prom-client'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { WorkerPool } from '../../platform/workers/worker-pool.ts'

export type ProbeOptions = {
  broadcasts: Broadcasts
  pool: Pick<WorkerPool, 'stats'>
  /** False while starting and stopping. */
  isReady: () => boolean
}

/** `/healthz`, `/readyz` and Prometheus' `/metrics`. */
export async function probesPlugin(
  fastify: FastifyInstance,
  { broadcasts, pool, isReady }: ProbeOptions,
): Promise<void> {
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void) =>
    new Gauge({
      name: `klieg_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        collect(this)
      },
    })
  gauge('broadcasts', 'Broadcasts in use, by state', ['state'], (metric) => {
    for (const { state } of broadcasts.inUse()) metric.inc({ state })
  })
  gauge('viewers', 'Viewers of all broadcasts', [], (metric) => {
    metric.set(broadcasts.inUse().reduce((sum, { viewers }) => sum + viewers, 0))
  })
  const perWorker = (
    name: string,
    help: string,
    value: (stats: ReturnType<typeof pool.stats>[number]) => number,
  ) =>
    gauge(`worker_${name}`, help, ['worker'], (metric) => {
      for (const stats of pool.stats()) metric.set({ worker: stats.id }, value(stats))
    })
  perWorker('sessions', 'WebRTC sessions', ({ sessions }) => sessions)
  perWorker(
    'event_loop_lag_p99_seconds',
    'Delay of the event loop over the last second',
    ({ eventLoopLag }) => eventLoopLag,
  )
  perWorker(
    'processor_seconds',
    'Processor time since the worker began',
    ({ processorSeconds }) => processorSeconds,
  )
  perWorker('resident_bytes', 'Memory', ({ residentBytes }) => residentBytes)
  perWorker('relayed_frames', 'Frames sent to other workers since it began', ({ relayed }) => relayed)
  perWorker('relay_dropped_frames', 'Frames that found the relay full', ({ relayDropped }) => relayDropped)

  const schema = (summary: string) => ({ schema: { tags: ['Server'], summary } })
  fastify.get('/healthz', schema('The process answers'), async () => ({ status: 'ok' }))
  fastify.get('/readyz', schema('It takes requests'), async (_request, reply) =>
    reply.code(isReady() ? 200 : 503).send({ status: isReady() ? 'ready' : 'not ready' }),
  )
  fastify.get('/metrics', schema('For Prometheus'), async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
