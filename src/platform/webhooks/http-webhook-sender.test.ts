import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { HttpReceiver } from '../../../test/support/http-receiver.ts'
import { GuardedPost, type Resolve } from './guarded-post.ts'
import { HttpWebhookSender } from './http-webhook-sender.ts'
import { networksOf } from './outward-address.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const never = () => new AbortController().signal

function setUp({ allowed = ['127.0.0.1'], resolve }: { allowed?: string[]; resolve?: Resolve } = {}) {
  const post = new GuardedPost({ allowed: networksOf(allowed), ...(resolve && { resolve }) })
  const sender = new HttpWebhookSender({ post, version: '1.2.3' })
  const send = (url: string, signal = never()) =>
    sender.send({ url, id: 'msg_1', at: 1_614_265_330_000, body: '{"a":"ü"}', secrets: [SECRET] }, signal)
  return { sender, send }
}

describe('HttpWebhookSender', () => {
  test('[WH54] a receiver gets the bytes, signed, and its answer is kept', async () => {
    await using receiver = await HttpReceiver.listen()
    receiver.answer = (_request, response) => response.writeHead(202).end('taken\u0000\u001b[31m')
    const { duration, ...outcome } = await setUp().send(`${receiver.url}?a=b`)

    assert.deepEqual(outcome, { status: 202, error: null, response: 'taken\ufffd\ufffd[31m' })
    assert.ok(Number.isInteger(duration))
    const [got] = receiver.received
    assert.ok(got)
    assert.equal(got.path, '/hook?a=b')
    assert.equal(got.body, '{"a":"ü"}')
    assert.equal(got.headers['content-type'], 'application/json')
    assert.equal(got.headers['user-agent'], 'Klieg/1.2.3')
    const key = Buffer.from(SECRET.slice(6), 'base64')
    const signed = `${String(got.headers['webhook-id'])}.${String(got.headers['webhook-timestamp'])}.${got.body}`
    const expected = createHmac('sha256', key).update(signed).digest('base64')
    assert.equal(got.headers['webhook-signature'], `v1,${expected}`)
  })

  test('[WH55] an address inside a network is never connected to, however it is written', async () => {
    await using receiver = await HttpReceiver.listen()
    await using on6 = await HttpReceiver.listen('::1')
    const { send, sender } = setUp({ allowed: [] })
    for (const url of [
      receiver.url,
      `http://127.1:${receiver.port}/`,
      `http://2130706433:${receiver.port}/`,
      `http://0x7f000001:${receiver.port}/`,
      `http://0177.0.0.1:${receiver.port}/`,
      `http://[::ffff:127.0.0.1]:${receiver.port}/`,
      `http://[::1]:${on6.port}/`,
      `http://localhost:${receiver.port}/`,
      `http://LOCALHOST.:${receiver.port}/`,
      `http://０.0.0.0:${receiver.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'ftp://127.0.0.1/',
    ]) {
      const { status, error } = await send(url)
      assert.deepEqual([status, typeof error], [null, 'string'], url)
      assert.match(error ?? '', /inside a network|only https|ENOTFOUND|EAI_AGAIN/, url)
    }
    assert.match((await sender.refusal(receiver.url)) ?? '', /KLIEG_WEBHOOK_ALLOW/)
    assert.deepEqual([receiver.received, on6.received], [[], []])
  })

  test('[WH56] a name goes to the address that was checked: it is asked for once, and may not turn inward', async () => {
    await using allowed = await HttpReceiver.listen('127.0.0.2')
    await using inside = await HttpReceiver.listen('127.0.0.1', allowed.port)
    let asked = 0
    const { send } = setUp({
      allowed: ['127.0.0.2'],
      // What a name does that turns from outward to inward between the check and the connection.
      resolve: async () => [{ address: ++asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }],
    })

    assert.equal((await send(`http://rebinding.example:${allowed.port}/`)).status, 200)
    assert.equal(asked, 1)
    assert.equal(allowed.received[0]?.headers.host, `rebinding.example:${allowed.port}`)

    const second = await send(`http://rebinding.example:${allowed.port}/`)
    assert.deepEqual([second.status, inside.received.length], [null, 0])
  })

  test('[WH56] a name with one address inside is refused, wherever its others are', async () => {
    const { sender } = setUp({
      resolve: async () => [
        { address: '8.8.8.8', family: 4 },
        { address: '::ffff:10.0.0.1', family: 6 },
      ],
    })
    assert.match((await sender.refusal('https://two.example/')) ?? '', /inside a network/)
  })

  test('[WH57] redirects are not followed', async () => {
    await using inside = await HttpReceiver.listen()
    await using receiver = await HttpReceiver.listen()
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer = (_request, response) => response.writeHead(status, { location: inside.url }).end()
      const outcome = await setUp().send(receiver.url)
      assert.deepEqual([outcome.status, outcome.error], [status, 'redirects are not followed'])
    }
    assert.equal(inside.received.length, 0)
  })

  test('[WH58] who does not answer within 5 s is not waited for', { timeout: 20_000 }, async () => {
    await using receiver = await HttpReceiver.listen()
    receiver.answer = () => undefined
    const slowName: Resolve = () => new Promise(() => undefined)
    const outcomes = await Promise.all([
      setUp().send(receiver.url),
      setUp({ resolve: slowName }).send('http://slow.example/'),
    ])
    for (const { status, error } of outcomes)
      assert.deepEqual([status, error], [null, 'no answer within 5 s'])
  })

  test('[WH59] of an answer only the beginning is read, and one that breaks off was one', async () => {
    await using receiver = await HttpReceiver.listen()
    receiver.answer = (_request, response) => {
      response.writeHead(200)
      const more = () => response.destroyed || response.write('x'.repeat(65_536), () => setImmediate(more))
      more()
    }
    const { status, response } = await setUp().send(receiver.url)
    assert.deepEqual([status, response.length], [200, 1024])

    receiver.answer = (_request, answer) => {
      answer.writeHead(500).write('half of', () => answer.destroy())
    }
    const broken = await setUp().send(receiver.url)
    assert.deepEqual([broken.status, broken.response], [500, 'half of'])
  })

  test('[WH60] what cannot be reached is an outcome, and so is giving up', async () => {
    const receiver = await HttpReceiver.listen()
    const { url } = receiver
    await receiver[Symbol.asyncDispose]()
    assert.match((await setUp().send(url)).error ?? '', /^ECONNREFUSED/)
    const unknown: Resolve = async () => []
    assert.match((await setUp({ resolve: unknown }).send('http://a.example/')).error ?? '', /no address/)
    assert.match((await setUp().send(url, AbortSignal.abort())).error ?? '', /shut down/)
  })
})
