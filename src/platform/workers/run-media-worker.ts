import { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import type { Feeds } from '../../core/feeds.ts'
import type { MediaHost } from '../../core/media-host.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { FeedRelay } from './feed-relay.ts'
import { RelayLink } from './relay-link.ts'
import { serveMediaHost } from './serve-media-host.ts'
import type { FromWorker, ToWorker, WorkerStats } from './worker-messages.ts'

/** What a worker serves. */
export type WorkerHost = {
  readonly host: MediaHost
  /** Packets from and to peers since it began. */
  readonly traffic: Readonly<Record<'packetsIn' | 'packetsOut' | 'bytesIn' | 'bytesOut', number>>
  /** Ends every session. */
  close(): Promise<void>
}

export type MediaWorkerOptions = {
  feeds: Feeds
  clock: Clock
  logger: Logger
  open: () => Promise<WorkerHost>
  onLogLevel?: (level: string) => void
}

/** File descriptor of the relay's pipe; `WorkerProcess` puts it there. */
const RELAY = 4
/** Milliseconds between two looks at the event loop. */
const LOOK_EVERY = 20
/** Milliseconds that saying goodbye may take when nobody waits for it any more. */
const GOODBYE_WITHIN = 1000

/** The life of a worker process, from its first message to its exit. Returns once it serves, or leaves. */
export async function runMediaWorker(options: MediaWorkerOptions): Promise<void> {
  const { feeds, clock, logger, open, onLogLevel } = options
  const port = parentPort()
  let host: WorkerHost
  try {
    host = await open()
  } catch (error) {
    logger.error({ error }, 'media worker cannot begin')
    const message = error instanceof Error ? error.message : String(error)
    port.send({ kind: 'unable', message }, () => process.exit(1))
    return
  }
  const link = new RelayLink({
    stream: new Socket({ fd: RELAY, readable: true, writable: true }),
    onFrame: (frame) => relay.receive(frame),
    onError: (error) => logger.error({ error }, 'relay failed'),
  })
  const relay = new FeedRelay({ feeds, clock, outlet: link })

  let leaving: Promise<void> | undefined
  const leave = () => {
    // The native module's own clean-up aborts; without it the process just leaves.
    leaving ??= host.close().finally(() => process.exit(0))
  }
  // The terminal's Ctrl+C and a supervisor's SIGTERM reach all processes: the main process decides.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => {
    setTimeout(() => process.exit(0), GOODBYE_WITHIN)
    leave()
  })
  serveMediaHost({
    host: host.host,
    relay,
    port,
    logger,
    stats: statisticsOf(host, link),
    ...(onLogLevel && { onLogLevel }),
    onShutdown: leave,
  })
}

function parentPort() {
  return {
    /** An error means that the main process is gone, of which `disconnect` tells. */
    send: (message: FromWorker, onSent: () => void = () => undefined) => {
      if (process.connected) process.send?.(message, undefined, undefined, onSent)
      else onSent()
    },
    onMessage: (listener: (message: ToWorker) => void) => process.on('message', listener),
  }
}

function statisticsOf({ traffic }: WorkerHost, link: RelayLink): () => WorkerStats {
  const loopDelay = monitorEventLoopDelay({ resolution: LOOK_EVERY })
  loopDelay.enable()
  return () => {
    const { user, system } = process.cpuUsage()
    const late = loopDelay.percentile(99) / 1e9 - LOOK_EVERY / 1000
    loopDelay.reset()
    return {
      eventLoopLag: Math.max(0, late),
      processorSeconds: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      packetsIn: traffic.packetsIn,
      packetsOut: traffic.packetsOut,
      bytesIn: traffic.bytesIn,
      bytesOut: traffic.bytesOut,
      relayed: link.sent,
      relayDropped: link.dropped,
    }
  }
}
