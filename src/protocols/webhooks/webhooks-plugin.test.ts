import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { wholeServer } from '../../../test/support/whole-server.ts'

type Answered = {
  code: string
  id: string
  secret: string
  state: string
  items: object[]
  events: string[]
  attempts: object[]
  total: number
  page: number
  pageSize: number
}

const WISHES = { url: 'https://example.org/hook', events: ['broadcast.live'] }

async function setUp({ open = true } = {}) {
  const server = await wholeServer({ open })
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const answer = await server.fastify.inject({ method, url, ...(payload && { payload }) })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (answer.body === '' ? {} : answer.json()) as Answered,
    }
  }
  return { ...server, ask }
}

describe('webhooks over HTTP', () => {
  test('[WH70] without the right to administer every route is refused', async () => {
    const { ask, routes } = await setUp({ open: false })
    const ours = routes.filter(({ url }) => url.startsWith('/api/webhooks'))
    assert.equal(ours.length, 10)
    for (const { method, url } of ours) {
      const { status, body } = await ask(method.toUpperCase() as 'GET', url.replaceAll(/:\w+/g, 'x'))
      assert.deepEqual([status, body.code], [401, 'unauthenticated'], `${method} ${url}`)
    }
  })

  test('[WH71] a webhook is made, listed, changed and removed; its secret is told when it is made or changed', async () => {
    const { ask } = await setUp()
    const made = await ask('POST', '/api/webhooks', WISHES)
    const { secret, ...view } = made.body
    assert.equal(made.status, 201)
    assert.equal(made.headers.location, `/api/webhooks/${view.id}`)
    assert.equal(made.headers['cache-control'], 'no-store')
    assert.match(secret, /^whsec_/)
    assert.deepEqual(view, {
      ...WISHES,
      id: view.id,
      description: '',
      active: true,
      createdAt: '2030-01-01T00:00:00.000Z',
      secretChangedAt: '2030-01-01T00:00:00.000Z',
      failingSince: null,
      notice: null,
    })
    assert.deepEqual((await ask('GET', `/api/webhooks/${view.id}`)).body, view)
    const list = (await ask('GET', '/api/webhooks')).body
    assert.deepEqual(list.items, [view])
    assert.ok(list.events.includes('recording.ready'))

    const changed = { ...view, description: 'Ours', active: false, events: ['viewing.ended'] }
    const { description, active, events } = changed
    assert.deepEqual(
      (await ask('PATCH', `/api/webhooks/${view.id}`, { description, active, events })).body,
      changed,
    )
    const renewed = (await ask('POST', `/api/webhooks/${view.id}/secret`)).body
    assert.match(renewed.secret, /^whsec_/)
    assert.notEqual(renewed.secret, secret)

    assert.equal((await ask('DELETE', `/api/webhooks/${view.id}`)).status, 204)
    assert.equal((await ask('GET', `/api/webhooks/${view.id}`)).status, 404)
  })

  test('[WH72] what makes no sense is 400, what is unknown 404', async () => {
    const { ask } = await setUp()
    for (const wrong of [
      {},
      { ...WISHES, url: 'nowhere' },
      { ...WISHES, url: 'https://inward.example/' },
      { ...WISHES, events: ['broadcast.exploded'] },
      { ...WISHES, events: ['broadcast.live', 'broadcast.live'] },
      { ...WISHES, secret: 'whsec_mine' },
    ])
      assert.equal((await ask('POST', '/api/webhooks', wrong)).status, 400, JSON.stringify(wrong))
    const { id } = (await ask('POST', '/api/webhooks', WISHES)).body
    assert.equal((await ask('PATCH', `/api/webhooks/${id}`, { url: 'ftp://a/' })).status, 400)
    assert.equal((await ask('GET', `/api/webhooks/${id}/deliveries?state=lost`)).status, 400)
    for (const [method, path] of [
      ['PATCH', '/api/webhooks/x'],
      ['DELETE', '/api/webhooks/x'],
      ['POST', '/api/webhooks/x/test'],
      ['POST', '/api/webhooks/x/secret'],
      ['GET', '/api/webhooks/x/deliveries'],
      ['GET', `/api/webhooks/${id}/deliveries/x`],
      ['POST', `/api/webhooks/${id}/deliveries/x/resend`],
    ] as const)
      assert.equal((await ask(method, path, method === 'PATCH' ? {} : undefined)).status, 404, path)
  })

  test('[WH73] a test and what is sent again are in the log with every attempt', async () => {
    const { ask, hooks } = await setUp()
    const { id } = (await ask('POST', '/api/webhooks', WISHES)).body
    hooks.sender.status = 500
    const sent = await ask('POST', `/api/webhooks/${id}/test`)
    assert.equal(sent.status, 202)
    assert.equal(sent.body.state, 'pending')
    await hooks.webhooks.idle()

    const at = `/api/webhooks/${id}/deliveries`
    const [failing] = (await ask('GET', `${at}?state=pending`)).body.items
    assert.deepEqual(failing, {
      id: sent.body.id,
      event: 'webhook.test',
      state: 'pending',
      createdAt: '2030-01-01T00:00:00.000Z',
      nextAt: '2030-01-01T00:00:05.000Z',
      body: hooks.sender.sent[0]?.body,
      attempts: [
        {
          ...{ at: '2030-01-01T00:00:00.000Z', duration: 3, status: 500, error: null },
          response: 'says 500',
        },
      ],
    })
    hooks.sender.status = 200
    assert.equal((await ask('POST', `${at}/${sent.body.id}/resend`)).status, 202)
    await hooks.webhooks.idle()
    const one = (await ask('GET', `${at}/${sent.body.id}`)).body
    assert.deepEqual([one.state, one.attempts.length], ['delivered', 2])
    const page = (await ask('GET', `${at}?page=2&pageSize=1`)).body
    assert.deepEqual([page.items, page.total, page.page, page.pageSize], [[], 1, 2, 1])
  })
})
