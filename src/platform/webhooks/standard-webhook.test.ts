import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { derivedWebhookSecrets, signedHeaders } from './standard-webhook.ts'

test('[WH52] the signature is that of the specification', () => {
  const headers = signedHeaders({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1_614_265_330_999,
    body: '{"test": 2432232314}',
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  })
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('[WH52] with two secrets there are two signatures, of bytes and not of characters', () => {
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX']
  const signature = signedHeaders({ id: 'm', at: 1000, body: 'ümlaut', secrets })['webhook-signature']
  assert.deepEqual(
    signature?.split(' '),
    secrets.map((secret) => {
      const key = Buffer.from(secret.slice(6), 'base64')
      return `v1,${createHmac('sha256', key).update(Buffer.from('m.1.ümlaut')).digest('base64')}`
    }),
  )
})

test('[WH53] each webhook and each version has a secret of its own, the same after a restart', () => {
  const secrets = derivedWebhookSecrets('the secret of the server, which is long')
  const made = [secrets.of('a', 1), secrets.of('a', 2), secrets.of('b', 1)]
  for (const secret of made) assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.equal(new Set(made).size, 3)
  assert.equal(
    derivedWebhookSecrets('the secret of the server, which is long').of('a', 1),
    secrets.of('a', 1),
  )
  assert.notEqual(derivedWebhookSecrets('another secret of a server, as long').of('a', 1), secrets.of('a', 1))
})
