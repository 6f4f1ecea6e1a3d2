/** A media worker's process: WebRTC sessions on one UDP port, steered by the main process. */
import { Socket } from 'node:net'
import process from 'node:process'
import pino from 'pino'
import { Feeds } from '../core/feeds.ts'
import { systemClock } from '../platform/system-clock.ts'
import { NodeDataChannelTransport } from '../platform/webrtc/node-datachannel-transport.ts'
import { serveMediaHost } from '../platform/workers/serve-media-host.ts'
import { WorkerRelay } from '../platform/workers/worker-relay.ts'
import { PeerHost } from '../protocols/webrtc/peer-host.ts'
import type { MediaWorkerSettings } from './media-worker-settings.ts'

const RELAY_DESCRIPTOR = 4

const settings = JSON.parse(process.env['KLIEG_MEDIA_WORKER'] ?? '{}') as MediaWorkerSettings
const logger = pino({ level: settings.logLevel, base: { worker: settings.id } })
const clock = systemClock
const feeds = new Feeds()
const transport = await NodeDataChannelTransport.open({ ...settings, logger })
const host = new PeerHost({
  id: settings.id,
  transport,
  feeds,
  clock,
  logger,
  maxBitrate: settings.maxBitrate,
  firstFrame: settings.firstFrame,
  turns: {
    now: () => performance.now(),
    next: (task) => void setImmediate(task),
    soon: (task) => void setTimeout(task, 1),
  },
})
const relay = new WorkerRelay({
  stream: new Socket({ fd: RELAY_DESCRIPTOR }),
  feeds,
  clock,
  logger,
})

async function shutdown(): Promise<void> {
  await host[Symbol.asyncDispose]()
  await transport[Symbol.asyncDispose]()
  // The native module's own clean-up aborts; without it the process just leaves.
  process.exit(0)
}

process.on('SIGINT', () => undefined) // the terminal's Ctrl+C: the main process decides
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit(0))
serveMediaHost({
  host,
  relay,
  logger,
  shutdown,
  port: {
    send: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  },
})
