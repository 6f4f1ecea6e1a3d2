/** A media worker's process: WebRTC sessions on one UDP port, steered by the main process. */
import process from 'node:process'
import { Feeds } from '../core/feeds.ts'
import { systemClock } from '../platform/system-clock.ts'
import { NodeDataChannelTransport } from '../platform/webrtc/node-datachannel-transport.ts'
import { runMediaWorker } from '../platform/workers/run-media-worker.ts'
import { PeerHost } from '../protocols/webrtc/peer-host.ts'
import { openLogger } from './logger.ts'
import type { MediaWorkerSettings } from './media-worker-settings.ts'

const settings = JSON.parse(process.env['KLIEG_MEDIA_WORKER'] ?? '{}') as MediaWorkerSettings
const logger = openLogger({ ...settings, base: { worker: settings.id } })
const clock = systemClock
const feeds = new Feeds()

await runMediaWorker({
  feeds,
  clock,
  logger,
  onLogLevel: (level) => {
    logger.level = level
  },
  async open() {
    const transport = await NodeDataChannelTransport.open({ ...settings, logger })
    const host = new PeerHost({
      id: settings.id,
      transport,
      feeds,
      clock,
      logger,
      maxBitrate: settings.maxBitrate,
      turns: {
        now: () => performance.now(),
        next: (task) => void setImmediate(task),
        soon: (task) => void setTimeout(task, 1),
      },
    })
    return {
      host,
      traffic: transport.traffic,
      async close() {
        await host[Symbol.asyncDispose]()
        await transport[Symbol.asyncDispose]()
      },
    }
  },
})
