import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { broadcastsPlugin } from './broadcasts-plugin.ts'

type View = { id: string; streamKey: string; state: string; title: string; urls: Record<string, string> }

async function setUp(options: { open?: boolean } = {}) {
  const rig = await restRig(options)
  await rig.fastify.register(broadcastsPlugin, rig)
  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const response = await rig.fastify.inject({ method, url, headers, ...(body && { payload: body }) })
    const text = response.payload
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    }
  }
  const create = async (wanted: object = {}) => (await call('POST', '/api/broadcasts', wanted)).body as View
  return { ...rig, call, create }
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('/api/broadcasts', () => {
  test('[REST1] a broadcast is made with its key told once and all its addresses', async () => {
    const { call } = await setUp()

    const made = await call('POST', '/api/broadcasts', { title: 'Lecture', visibility: 'unlisted' })

    assert.equal(made.status, 201)
    const { id, streamKey, urls } = made.body as View
    assert.equal(made.headers.location, `/api/broadcasts/${id}`)
    assert.ok(streamKey)
    assert.deepEqual(urls, {
      studio: 'https://live.example/broadcast/',
      view: `https://live.example/view/${id}/`,
      embed: `https://live.example/embed/${id}`,
      whip: `https://live.example/whip/${id}`,
      whep: `https://live.example/whep/${id}`,
      signalling: `wss://live.example/ws/webrtc/${id}/`,
      chat: `wss://live.example/ws/chat/${id}/`,
      frames: `wss://live.example/ws/video/${id}/`,
      hls: `https://live.example/hls/${id}/index.m3u8`,
      thumbnail: `https://live.example/api/broadcasts/${id}/thumbnail.jpg`,
    })
    const shown = await call('GET', `/api/broadcasts/${id}`)
    assert.equal(shown.status, 200)
    assert.equal(shown.body['streamKey'], undefined)
    assert.ok(!JSON.stringify(shown.body).includes(streamKey))
  })

  test('[REST2] what the schema does not allow is 400', async () => {
    const { call } = await setUp()
    for (const body of [
      { title: 5 },
      { title: 'x'.repeat(201) },
      { visibility: 'secret' },
      { unknown: 1 },
      { delivery: 'udp' },
    ]) {
      const { status, body: problem } = await call('POST', '/api/broadcasts', body)
      assert.deepEqual([status, problem['code']], [400, 'bad-request'], JSON.stringify(body))
    }
  })

  test('[REST3] lists show public broadcasts only, by state, in pages', async () => {
    const { call, create, broadcasts } = await setUp()
    for (const title of ['one', 'two', 'three']) await create({ title })
    await create({ title: 'hidden', visibility: 'unlisted' })
    const live = await broadcasts.get((await create({ title: 'on air' })).id)
    const session = new FakeSession('session-1')
    live.attachPublisher(session)
    live.publisherConnected(session)

    const page = await call('GET', '/api/broadcasts?pageSize=2&page=2')
    const onAir = await call('GET', '/api/broadcasts?state=live')

    assert.equal(page.body['total'], 4)
    assert.equal((page.body['items'] as View[]).length, 2)
    assert.deepEqual(
      (onAir.body['items'] as View[]).map(({ title, state }) => [title, state]),
      [['on air', 'live']],
    )
    assert.equal((await call('GET', '/api/broadcasts?page=0')).status, 400)
    assert.equal((await call('GET', '/api/broadcasts?state=asleep')).status, 400)
  })

  test('[REST4] stop ends it, patch changes it, delete forgets it; the key opens it, no other does', async () => {
    const { call, create } = await setUp()
    const { id, streamKey } = await create({ title: 'before' })
    const other = await create()

    for (const [method, url] of [
      ['PATCH', `/api/broadcasts/${id}`],
      ['POST', `/api/broadcasts/${id}/stop`],
      ['DELETE', `/api/broadcasts/${id}`],
      ['POST', `/api/broadcasts/${id}/stream-key`],
    ] as const)
      assert.equal(
        (await call(method, url, method === 'PATCH' ? {} : undefined, bearer(other.streamKey))).status,
        401,
        method,
      )

    const patched = await call('PATCH', `/api/broadcasts/${id}`, { title: 'after' }, bearer(streamKey))
    assert.deepEqual([patched.status, patched.body['title']], [200, 'after'])
    assert.equal(
      (await call('POST', `/api/broadcasts/${id}/stop`, undefined, bearer(streamKey))).body['state'],
      'ended',
    )
    assert.equal((await call('DELETE', `/api/broadcasts/${id}`, undefined, bearer(streamKey))).status, 204)
    assert.equal((await call('GET', `/api/broadcasts/${id}`)).status, 404)
  })

  test('[REST5] a new key replaces the old one', async () => {
    const { call, create, broadcasts } = await setUp()
    const { id, streamKey } = await create()

    const rotated = await call('POST', `/api/broadcasts/${id}/stream-key`)

    await assert.rejects(broadcasts.authorize(id, streamKey), { code: 'unauthenticated' })
    await broadcasts.authorize(id, String(rotated.body['streamKey']))
  })

  test('[REST6] without open mode nothing is made or changed without a key', async () => {
    const { call, broadcasts } = await setUp({ open: false })
    const { broadcast, streamKey } = await broadcasts.create({})

    assert.equal((await call('POST', '/api/broadcasts', {})).status, 401)
    assert.equal((await call('POST', `/api/broadcasts/${broadcast.id}/stop`)).status, 401)
    assert.equal((await call('POST', '/api/broadcasts/nobody/stop')).status, 401)
    assert.equal(
      (await call('POST', `/api/broadcasts/${broadcast.id}/stop`, undefined, bearer(streamKey))).status,
      200,
    )
  })

  test('[REST7] a page of another site makes and changes nothing in open mode', async () => {
    const { call, create } = await setUp()
    const { id } = await create()
    const foreign = { origin: 'https://evil.example', host: 'localhost' }

    assert.equal((await call('POST', '/api/broadcasts', {}, foreign)).status, 403)
    assert.equal((await call('POST', `/api/broadcasts/${id}/stop`, undefined, foreign)).status, 403)
  })
})
