/** A media worker with a `ScriptedHost`. Settings come in `SCRIPTED_WORKER`: its id, and what it cannot begin for. */
import process from 'node:process'
import { Feeds } from '../../src/core/feeds.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { runMediaWorker } from '../../src/platform/workers/run-media-worker.ts'
import { FakeLogger } from './fake-logger.ts'
import { ScriptedHost } from './scripted-host.ts'

const settings = JSON.parse(process.env['SCRIPTED_WORKER'] ?? '{}') as { id: string; fault?: string }
const feeds = new Feeds()

await runMediaWorker({
  feeds,
  clock: systemClock,
  logger: new FakeLogger(),
  async open() {
    if (settings.fault) throw new Error(settings.fault)
    const host = new ScriptedHost(settings.id, feeds)
    return {
      host,
      traffic: { packetsIn: 3, packetsOut: 5, bytesIn: 30, bytesOut: 50 },
      close: () => host.close(),
    }
  },
})
