import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { HttpReceiver } from '../../../test/support/http-receiver.ts'
import type { HookQuestion } from '../../core/authorisation-hook.ts'
import { httpHook } from './http-hook.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const question: HookQuestion = { action: 'watch', broadcast: 'lecture', address: '192.0.2.7', token: 't' }

test('[AH6] the question is posted as JSON and signed as webhooks are', async () => {
  await using receiver = await HttpReceiver.listen()
  await httpHook({ url: receiver.url, secret, version: '1' })(question)

  const [got] = receiver.received
  assert.deepEqual(JSON.parse(got?.body ?? ''), question)
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) =>
    String(got?.headers[`webhook-${name}`]),
  )
  const key = Buffer.from(secret.slice(6), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${got?.body}`).digest('base64')
  assert.equal(signature, `v1,${expected}`)
  assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 5)
})

test('[AH7] 200 allows and may say who it is; everything else is a no', async () => {
  await using receiver = await HttpReceiver.listen()
  const ask = httpHook({ url: receiver.url, secret, version: '1' })
  for (const [text, person] of [
    ['{"userId":"42","name":"Ada"}', { id: '42', name: 'Ada' }],
    ['{"userId":"42"}', { id: '42', name: '42' }],
    ['{"userId":42}', undefined],
    ['', undefined],
    ['null', undefined],
    ['<html>', undefined],
  ] as const) {
    receiver.answer = (_request, response) => response.end(text)
    assert.deepEqual(await ask(question), { allowed: true, ...(person && { person }) }, text)
  }
  for (const status of [201, 204, 301, 302, 307, 400, 401, 403, 404, 500, 503]) {
    receiver.answer = (_request, response) => response.writeHead(status, { location: receiver.url }).end()
    const before = receiver.received.length
    assert.deepEqual(await ask(question), { allowed: false }, String(status))
    assert.equal(receiver.received.length, before + 1, 'no redirect is followed')
  }
})

test('[AH8] after 3 s there is no answer', { timeout: 20_000 }, async () => {
  await using receiver = await HttpReceiver.listen()
  receiver.answer = () => undefined
  await assert.rejects(httpHook({ url: receiver.url, secret, version: '1' })(question), {
    name: 'TimeoutError',
  })
})
