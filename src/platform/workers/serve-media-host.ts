import { BroadcastError } from '../../core/errors.ts'
import type { MediaHost, MediaHostEvents } from '../../core/media-host.ts'
import type { Logger } from '../../core/ports.ts'
import type { FeedRelay } from './feed-relay.ts'
import type { FromWorker, HostFact, MessagePort, ToWorker, WorkerStats } from './worker-messages.ts'

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
  relay: Pick<FeedRelay, 'exportFeed' | 'stopExport' | 'importFeed'>
  port: MessagePort<FromWorker, ToWorker>
  logger: Logger
  stats: () => WorkerStats
  /** The main process wants more, or less, to be logged. */
  onLogLevel?: (level: string) => void
  /** The main process asks this one to leave. */
  onShutdown: () => void
}

/** Lets another process use this one's media host. */
export function serveMediaHost({
  host,
  relay,
  port,
  logger,
  stats,
  onLogLevel,
  onShutdown,
}: ServeOptions): void {
  const facts: HostFact[] = []
  const tellFacts = () => {
    if (facts.length > 0) port.send({ kind: 'facts', facts: facts.splice(0) })
  }
  // Hundreds of viewers report in the same turn: one message for all.
  for (const name of EVENTS)
    host.on(name, (fact) => {
      if (facts.push({ name, fact } as HostFact) === 1) setImmediate(tellFacts)
    })

  const methods = {
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
      const value = await (methods[method] as (...args: readonly unknown[]) => unknown)(...args)
      tellFacts()
      port.send({ kind: 'result', id, value })
    } catch (error) {
      const known = error instanceof BroadcastError ? error : undefined
      if (!known) logger.error({ error, method }, 'call failed')
      const message = error instanceof Error ? error.message : String(error)
      tellFacts()
      port.send({ kind: 'failure', id, code: known?.code, message, retryAfter: known?.retryAfter })
    }
  }

  port.onMessage((message) => {
    if (message.kind === 'call') void call(message)
    else if (message.kind === 'ping') port.send({ kind: 'pong', stats: stats() })
    else if (message.kind === 'log-level') onLogLevel?.(message.level)
    else onShutdown()
  })
  port.send({ kind: 'ready' })
}
