import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { Type } from 'typebox'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { RecorderStatus } from '../../core/recording/recorder.ts'
import type { WorkerPool } from '../../platform/workers/worker-pool.ts'
import type { FrameRooms } from '../../protocols/frames/frame-rooms.ts'
import { DroppedPackets } from './dropped-packets.ts'
import { addFrameMetrics } from './frame-metrics.ts'
import { addRecordingMetrics } from './recording-metrics.ts'

export type ProbeOptions = {
  broadcasts: Broadcasts
  pool: Pick<WorkerPool, 'stats' | 'on'>
  /** False while starting and stopping. */
  isReady: () => boolean
  /** Throws for those whom metrics are none of their business; absent: there are none. */
  assertMayRead?: (request: FastifyRequest) => void
  database: DatabaseState
  recorder?: () => RecorderStatus
  frames?: Pick<FrameRooms, 'counts' | 'viewers' | 'encoded'>
}

/** Whether it works, and how often it did not. */
export type DatabaseState = { readonly isUp: boolean; readonly outages: number }

const Status = Type.Object({ status: Type.String() })
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('degraded'), Type.Literal('not ready')], {
    description: 'degraded: what is live goes on, what needs the database is refused until it is back.',
  }),
  database: Type.Union([Type.Literal('up'), Type.Literal('down')]),
})

/** `/healthz`, `/readyz` and Prometheus' `/metrics`. */
export async function probesPlugin(
  fastify: FastifyInstance,
  { broadcasts, pool, isReady, database, recorder, frames, assertMayRead }: ProbeOptions,
): Promise<void> {
  const registry = registryOf(broadcasts, pool, database)
  if (recorder) addRecordingMetrics(registry, recorder)
  if (frames) addFrameMetrics(registry, frames)
  const tags = ['Server']
  fastify.get(
    '/healthz',
    { schema: { tags, summary: 'The process answers', response: { 200: Status } } },
    async () => ({ status: 'ok' }),
  )
  fastify.get(
    '/readyz',
    { schema: { tags, summary: 'It takes requests', response: { 200: Readiness, 503: Readiness } } },
    async (_request, reply) =>
      reply.code(isReady() ? 200 : 503).send({
        // All servers share one database: if it made them unready, none would be left to show what is live.
        status: !isReady() ? 'not ready' : database.isUp ? 'ready' : 'degraded',
        database: database.isUp ? 'up' : 'down',
      }),
  )
  fastify.get(
    '/metrics',
    { schema: { tags, summary: 'For Prometheus on this machine, and administrators' } },
    async (request, reply) => {
      assertMayRead?.(request)
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )
}

/** Milliseconds. Each look at the event loop wakes an idle process. */
const LAG_RESOLUTION = 100

type Report = (labels: Record<string, string>, value: number) => void
type Kind = typeof Gauge | typeof Counter

function registryOf(broadcasts: Broadcasts, pool: ProbeOptions['pool'], database: DatabaseState): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_RESOLUTION })
  const dropped = new DroppedPackets(pool)

  /** A metric that is read when somebody looks. */
  const metric = (
    Metric: Kind,
    name: string,
    { help, labelNames = [] }: { help: string; labelNames?: string[] },
    read: (report: Report) => void,
  ) =>
    new Metric({
      name: `klieg_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        read((labels, value) => this.inc(labels, value))
      },
    })
  const perWorker = (
    Metric: Kind,
    name: string,
    help: string,
    value: (stats: ReturnType<typeof pool.stats>[number]) => number,
  ) =>
    metric(Metric, `worker_${name}`, { help, labelNames: ['worker'] }, (report) => {
      for (const stats of pool.stats()) report({ worker: stats.id }, value(stats))
    })

  metric(Gauge, 'broadcasts', { help: 'Broadcasts in use, by state', labelNames: ['state'] }, (report) => {
    for (const { state } of broadcasts.inUse()) report({ state }, 1)
  })
  metric(Gauge, 'viewers', { help: 'Viewers of all broadcasts' }, (report) =>
    report(
      {},
      broadcasts.inUse().reduce((sum, { viewers }) => sum + viewers, 0),
    ),
  )
  metric(
    Counter,
    'viewer_dropped_packets_total',
    { help: 'Packets that viewers were too slow for' },
    (report) => report({}, dropped.total),
  )
  metric(
    Counter,
    'worker_packets_total',
    { help: 'RTP and RTCP packets from and to peers', labelNames: ['worker', 'direction'] },
    (report) => {
      for (const { id, packetsIn, packetsOut } of pool.stats()) {
        report({ worker: id, direction: 'in' }, packetsIn)
        report({ worker: id, direction: 'out' }, packetsOut)
      }
    },
  )
  metric(Gauge, 'database_up', { help: 'Whether the database works: 1 or 0' }, (report) =>
    report({}, Number(database.isUp)),
  )
  metric(
    Counter,
    'database_outages_total',
    { help: 'How often the database was lost since the start' },
    (report) => report({}, database.outages),
  )
  perWorker(Gauge, 'sessions', 'WebRTC sessions', ({ sessions }) => sessions)
  perWorker(
    Gauge,
    'event_loop_lag_p99_seconds',
    'Delay of the event loop over the last second',
    ({ eventLoopLag }) => eventLoopLag,
  )
  perWorker(
    Counter,
    'processor_seconds_total',
    'Processor time since the worker began',
    ({ processorSeconds }) => processorSeconds,
  )
  perWorker(Gauge, 'resident_bytes', 'Memory', ({ residentBytes }) => residentBytes)
  perWorker(Counter, 'relayed_frames_total', 'Frames sent to other workers', ({ relayed }) => relayed)
  perWorker(
    Counter,
    'relay_dropped_packets_total',
    'Packets that found the relay full',
    ({ relayDropped }) => relayDropped,
  )
  return registry
}
