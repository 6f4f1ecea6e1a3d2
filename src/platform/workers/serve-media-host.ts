import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { BroadcastError } from '../../core/errors.ts'
import type { MediaHost, MediaHostEvents } from '../../core/media-host.ts'
import type { Logger } from '../../core/ports.ts'
import type { FromWorker, MessagePort, ToWorker } from './worker-messages.ts'
import type { WorkerRelay } from './worker-relay.ts'

const EVENTS: readonly (keyof MediaHostEvents)[] = [
  'sessionConnected',
  'sessionClosed',
  'tracksChanged',
  'publisherReported',
  'viewerReported',
  'captureClock',
]

export type ServeOptions = {
  host: MediaHost
  relay: WorkerRelay
  port: MessagePort<FromWorker, ToWorker>
  logger: Logger
  /** Closes everything; the process leaves afterwards. */
  shutdown: () => Promise<void>
}

/** Lets another process use this one's media host. */
export function serveMediaHost({ host, relay, port, logger, shutdown }: ServeOptions): void {
  const loopDelay = monitorEventLoopDelay({ resolution: 5 })
  loopDelay.enable()
  for (const name of EVENTS) host.on(name, (fact) => port.send({ kind: 'event', name, fact }))

  const methods: Record<string, (...args: never[]) => unknown> = {
    publish: host.publish.bind(host),
    watch: host.watch.bind(host),
    addCandidates: host.addCandidates.bind(host),
    selectLayer: host.selectLayer.bind(host),
    setClockOffset: host.setClockOffset.bind(host),
    closeSession: host.closeSession.bind(host),
    closeBroadcast: host.closeBroadcast.bind(host),
    exportFeed: relay.exportFeed.bind(relay),
    stopExport: relay.stopExport.bind(relay),
    importFeed: relay.importFeed.bind(relay),
  }

  async function call({ id, method, args }: Extract<ToWorker, { kind: 'call' }>): Promise<void> {
    try {
      port.send({ kind: 'result', id, value: await methods[method]?.(...(args as never[])) })
    } catch (error) {
      const known = error instanceof BroadcastError ? error : undefined
      if (!known) logger.error({ error, method }, 'call failed')
      const message = error instanceof Error ? error.message : String(error)
      port.send({ kind: 'failure', id, code: known?.code, message, retryAfter: known?.retryAfter })
    }
  }

  port.onMessage((message) => {
    if (message.kind === 'call') void call(message)
    else if (message.kind === 'shutdown') void shutdown()
    else {
      const { user, system } = process.cpuUsage()
      port.send({
        kind: 'pong',
        stats: {
          eventLoopLag: loopDelay.percentile(99) / 1e9,
          processorSeconds: (user + system) / 1e6,
          residentBytes: process.memoryUsage.rss(),
          relayed: relay.link.sent,
          relayDropped: relay.link.dropped,
        },
      })
      loopDelay.reset()
    }
  })
  port.send({ kind: 'ready' })
}
