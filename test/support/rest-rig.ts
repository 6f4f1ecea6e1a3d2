import Fastify from 'fastify'
import { Broadcasts } from '../../src/core/broadcasts.ts'
import { GuessLimit } from '../../src/core/guess-limit.ts'
import { installErrorHandler } from '../../src/protocols/http-errors.ts'
import { validation } from '../../src/protocols/validation.ts'
import { accessRig } from './access-rig.ts'
import { FakeBroadcastStore } from './fake-broadcast-store.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeSecrets } from './fake-secrets.ts'

/** Everything that the plugins for broadcasts need, over fakes. */
export async function restRig({ open = true } = {}) {
  const clock = new FakeClock()
  const secrets = new FakeSecrets()
  const logger = new FakeLogger()
  const broadcasts = await Broadcasts.open({
    store: new FakeBroadcastStore(),
    secrets,
    clock,
    logger,
    reconnectGrace: 30_000,
  })
  const fastify = Fastify({ ajv: validation, routerOptions: { ignoreTrailingSlash: true } })
  installErrorHandler(fastify)
  return {
    fastify,
    clock,
    secrets,
    broadcasts,
    ...accessRig({ open, broadcasts, secrets, clock, logger }),
    guesses: new GuessLimit({ clock }),
    publicUrl: 'https://live.example',
  }
}
