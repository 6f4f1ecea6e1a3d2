import { Broadcasts } from '../../src/core/broadcasts.ts'
import { FakeBroadcastStore } from './fake-broadcast-store.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeSecrets } from './fake-secrets.ts'

/** Broadcasts over fakes. */
export async function broadcastsRig({ store = new FakeBroadcastStore() } = {}) {
  const parts = { store, secrets: new FakeSecrets(), clock: new FakeClock(), logger: new FakeLogger() }
  return { ...parts, broadcasts: await Broadcasts.open({ ...parts, reconnectGrace: 30_000 }) }
}
