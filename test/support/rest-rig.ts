import Fastify from 'fastify'
import { BroadcastRights } from '../../src/core/broadcast-rights.ts'
import { Broadcasts } from '../../src/core/broadcasts.ts'
import { GuessLimit } from '../../src/core/guess-limit.ts'
import { WatchAccess } from '../../src/core/watch-access.ts'
import { installErrorHandler } from '../../src/protocols/http-errors.ts'
import { validation } from '../../src/protocols/validation.ts'
import { FakeBroadcastStore } from './fake-broadcast-store.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeSecrets } from './fake-secrets.ts'

/** Everything that the plugins for broadcasts need, over fakes. */
export async function restRig({ open = true } = {}) {
  const clock = new FakeClock()
  const secrets = new FakeSecrets()
  const broadcasts = await Broadcasts.open({
    store: new FakeBroadcastStore(),
    secrets,
    clock,
    logger: new FakeLogger(),
    reconnectGrace: 30_000,
  })
  const fastify = Fastify({ ajv: validation, routerOptions: { ignoreTrailingSlash: true } })
  installErrorHandler(fastify)
  return {
    fastify,
    clock,
    secrets,
    broadcasts,
    rights: new BroadcastRights({ broadcasts, open }),
    watchAccess: new WatchAccess({ broadcasts, mayWatch: () => false }),
    guesses: new GuessLimit({ clock }),
    publicUrl: 'https://live.example',
  }
}
