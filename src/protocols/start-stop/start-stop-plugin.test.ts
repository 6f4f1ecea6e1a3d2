import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { startStopPlugin } from './start-stop-plugin.ts'

async function setUp(options: { open?: boolean } = {}) {
  const rig = await restRig(options)
  await rig.fastify.register(startStopPlugin, rig)
  const post = async (url: string, payload: object, headers: Record<string, string> = {}) => {
    const response = await rig.fastify.inject({ method: 'POST', url, payload, headers })
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
  }
  return { ...rig, post }
}

describe('/start_broadcast/ and /stop_broadcast/', () => {
  test('[SEED1] start answers 201 with the id, its state and its addresses', async () => {
    const { post } = await setUp()
    const { status, body } = await post('/start_broadcast/', { stream_id: 'my-stream' })

    assert.equal(status, 201)
    assert.deepEqual([body['stream_id'], body['status']], ['my-stream', 'started'])
    assert.equal((body['urls'] as Record<string, string>)['whip'], 'https://live.example/whip/my-stream')
  })

  test('[SEED2] start is 409 while it is live, and works again after it ended', async () => {
    const { post, broadcasts } = await setUp()
    await post('/start_broadcast/', { stream_id: 'my-stream' })
    const broadcast = await broadcasts.get('my-stream')
    const session = new FakeSession('session-1')
    broadcast.attachPublisher(session)
    broadcast.publisherConnected(session)

    assert.equal((await post('/start_broadcast/', { stream_id: 'my-stream' })).status, 409)
    const stopped = await post('/stop_broadcast/', { stream_id: 'my-stream' })
    assert.deepEqual([stopped.status, stopped.body], [200, { stream_id: 'my-stream', status: 'stopped' }])
    assert.equal((await post('/start_broadcast', { stream_id: 'my-stream' })).status, 201)
  })

  test('[SEED3] a bad id is 400, an unknown one cannot be stopped: 404', async () => {
    const { post } = await setUp()
    for (const stream_id of ['', '../etc', 'a b', 'x'.repeat(65), '<script>', 7, null])
      assert.equal((await post('/start_broadcast/', { stream_id })).status, 400, String(stream_id))
    assert.equal((await post('/start_broadcast/', {})).status, 400)
    assert.equal((await post('/stop_broadcast/', { stream_id: 'nobody' })).status, 404)
  })

  test('[SEED4] never by GET, and never as a form', async () => {
    const { fastify } = await setUp()
    for (const url of ['/start_broadcast/', '/stop_broadcast/']) {
      const got = await fastify.inject({ method: 'GET', url })
      assert.deepEqual([got.statusCode, got.headers.allow], [405, 'POST'])
      const form = await fastify.inject({
        method: 'POST',
        url,
        payload: 'stream_id=x',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      assert.equal(form.statusCode, 415)
    }
  })

  test('[SEED5] without open mode nobody starts or stops without the right key', async () => {
    const { post, broadcasts } = await setUp({ open: false })
    const { streamKey } = await broadcasts.create({ id: 'mine' })

    assert.equal((await post('/start_broadcast/', { stream_id: 'new' })).status, 401)
    assert.equal((await post('/stop_broadcast/', { stream_id: 'mine' })).status, 401)
    const owner = { authorization: `Bearer ${streamKey}` }
    assert.equal((await post('/stop_broadcast/', { stream_id: 'mine' }, owner)).status, 200)
  })

  test('[SEED6] every id that is asked for is another', async () => {
    const { fastify } = await setUp()
    const ids = new Set<string>()
    for (let index = 0; index < 100; index++)
      ids.add((await fastify.inject('/api/get-stream-id/')).json<{ stream_id: string }>().stream_id)
    assert.equal(ids.size, 100)
  })
})
