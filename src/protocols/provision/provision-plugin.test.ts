import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { FakeObjectStorage } from '../../../test/support/fake-object-storage.ts'
import { FakeStoredStreamStore } from '../../../test/support/fake-stored-stream-store.ts'
import { FakeTemporaryCredentials } from '../../../test/support/fake-temporary-credentials.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { Provisioning } from '../../core/provision/provisioning.ts'
import { StoredStreams } from '../../core/provision/stored-streams.ts'
import { hlsPlugin } from '../hls/hls-plugin.ts'
import { HlsStreams } from '../hls/hls-streams.ts'
import { provisionPlugin } from './provision-plugin.ts'

const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nindex0.ts\n'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const turn = () => new Promise((resolve) => setImmediate(resolve))

async function setUp(t: { after: (task: () => unknown) => void }, { open = true, configured = true } = {}) {
  const rig = await restRig({ open })
  const { fastify, clock, broadcasts, secrets, authentication, rights, guesses, watchAccess } = rig
  const [storage, credentials] = [new FakeObjectStorage(), new FakeTemporaryCredentials()]
  const store = new FakeStoredStreamStore()
  const streams = await StoredStreams.open({
    ...{ store, broadcasts, storage, secrets, clock },
    logger: new FakeLogger(),
  })
  const provisioning = new Provisioning({ streams, credentials, clock, bucket: 'live', region: 'eu-west-1' })
  fastify.decorateRequest('identity', undefined)
  fastify.addHook('onRequest', async (request) => {
    request.identity = await authentication.identify(request.headers)
  })
  await fastify.register(provisionPlugin, {
    provisioning: configured ? provisioning : undefined,
    ...{ rights, guesses },
  })
  await fastify.register(hlsPlugin, {
    ...{ stored: streams, streams: new HlsStreams({ clock, targetDuration: 4, window: 60 }) },
    ...{ access: watchAccess, guesses, clock, secrets, watched: () => undefined },
  })
  t.after(() => {
    streams.close()
    return fastify.close()
  })
  const post = async (url: string, payload?: object | string, headers: Record<string, string> = {}) => {
    const answer = await fastify.inject({
      method: 'POST',
      url,
      headers,
      ...(payload !== undefined && { payload }),
    })
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
  }
  const goLive = async (id: string) => {
    const path = store.streams.get(id)?.path ?? ''
    storage.put(`${path}/index0.ts`, Buffer.alloc(1000))
    storage.put(`${path}/index.m3u8`, PLAYLIST)
    clock.advance(1000)
    await turn()
  }
  return { ...rig, storage, credentials, store, post, goLive }
}

describe('the calls of a client that uploads its stream', () => {
  test('[PV80] take parameters in the query, as a form and as JSON', async (t) => {
    const { post } = await setUp(t)
    const answers = [
      await post('/stream/start/?type=hls&name=A%20show'),
      await post('/stream/start/', 'type=hls&name=A+show', FORM),
      await post('/stream/start/', { type: 'hls', name: 'A show' }),
      await post('/stream/start/?type=hls', { name: 'A show' }),
      await post('/stream/start?type=hls&name=A%20show'),
    ]
    for (const { status, body, headers } of answers) {
      assert.equal(status, 200)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(body.stream.name, 'A show')
      assert.deepEqual(Object.keys(body.endpoint.S3), [
        ...['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_expiration'],
        ...['s3_bucket_name', 's3_bucket_path', 's3_bucket_region'],
      ])
    }
    const [{ body } = { body: undefined }] = answers
    const { status, body: stopped } = await post('/stream/stop/', `id=${body?.stream.id}`, FORM)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(stopped.stream), ['id', 'name', 'start_date', 'stop_date'])
  })

  test('[PV81] refuse what is missing, contradictory or of another type with 400', async (t) => {
    const { post, credentials } = await setUp(t)
    for (const [url, payload, headers, code] of [
      ['/stream/start/', undefined, {}, 'unknown-stream-type'],
      ['/stream/start/?type=rtmp', undefined, {}, 'unknown-stream-type'],
      ['/stream/start/?type=hls', { type: 'rtmp' }, {}, 'bad-request'],
      ['/stream/start/?type=hls&visibility=secret', undefined, {}, 'bad-request'],
      ['/stream/start/?type=hls', { name: 7 }, {}, 'bad-request'],
      ['/stream/start/', 'type=hls&type=hls', FORM, 'bad-request'],
      ['/stream/start/?type=hls', { name: 'x'.repeat(201) }, {}, 'bad-request'],
      ['/stream/stop/', undefined, {}, 'bad-request'],
      ['/stream/refresh/?id=', undefined, {}, 'bad-request'],
    ] as const) {
      const { status, body } = await post(url, payload, headers)
      assert.deepEqual([status, body.code], [400, code], `${url} ${JSON.stringify(payload)}`)
    }
    assert.match((await post('/stream/start/?type=rtmp')).body.detail, /hls/)
    assert.equal(credentials.requests.length, 0)
  })

  test('[PV82] are for those who may make broadcasts, and for the owner of the stream', async (t) => {
    const { post, authentication } = await setUp(t, { open: false })
    for (const [name, role] of [
      ['ann', 'broadcaster'],
      ['bob', 'broadcaster'],
      ['vera', 'viewer'],
      ['root', 'admin'],
    ] as const)
      authentication.known.set(name, sessionOf(role, name))
    const as = (who: string) => ({ 'x-who': who, host: 'localhost', origin: 'http://localhost' })
    const start = '/stream/start/?type=hls'
    assert.deepEqual((await post(start)).body.code, 'not-allowed')
    assert.equal((await post(start)).status, 403)
    assert.equal((await post(start, undefined, as('vera'))).status, 403)
    const { stream, endpoint } = (await post(start, undefined, as('ann'))).body
    assert.equal(endpoint.S3.s3_bucket_path, `ann/${stream.id}`)
    for (const call of ['refresh', 'stop']) {
      const url = `/stream/${call}/?id=${stream.id}`
      assert.equal((await post(url)).status, 403)
      assert.equal((await post(url, undefined, as('bob'))).status, 403)
      assert.equal((await post(`/stream/${call}/?id=nobody`, undefined, as('ann'))).status, 404)
    }
    const refreshed = await post(`/stream/refresh/?id=${stream.id}`, undefined, as('ann'))
    assert.equal(refreshed.body.endpoint.S3.s3_bucket_path, `ann/${stream.id}`)
    assert.equal((await post(`/stream/stop/?id=${stream.id}`, undefined, as('root'))).status, 200)
    for (const call of ['refresh', 'stop'])
      assert.equal((await post(`/stream/${call}/?id=${stream.id}`, undefined, as('ann'))).status, 409)
  })

  test('[PV83] are 404 for a broadcast that is no such stream, 503 without its storage, 501 where none is configured', async (t) => {
    const { post, broadcasts, credentials } = await setUp(t)
    const { broadcast } = await broadcasts.create({})
    const { status, body } = await post(`/stream/stop/?id=${broadcast.id}`)
    assert.deepEqual([status, body.code], [404, 'stream-not-found'])
    credentials.isDown = true
    const away = await post('/stream/start/?type=hls')
    assert.deepEqual(
      [away.status, away.body.code, away.headers['retry-after']],
      [503, 'storage-unavailable', '5'],
    )
    const without = await setUp(t, { configured: false })
    const refused = await without.post('/stream/start/?type=hls')
    assert.deepEqual([refused.status, refused.body.code], [501, 'storage-not-configured'])
    assert.match(refused.body.detail, /KLIEG_S3_BUCKET/)
  })
})

describe('watching a stream in storage', () => {
  test('[PV84] begins at /hls/<id>/index.m3u8, whose one rendition names the storage and counts the viewer', async (t) => {
    const { fastify, post, goLive } = await setUp(t)
    const { stream, endpoint } = (await post('/stream/start/?type=hls')).body
    assert.equal((await fastify.inject(`/hls/${stream.id}/index.m3u8`)).statusCode, 409)
    await goLive(stream.id)
    const list = await fastify.inject(`/hls/${stream.id}/index.m3u8`)
    assert.match(list.body, /^#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=4000\nstored\/index\.m3u8\?session=\S+\n$/)
    const media = await fastify.inject(`/hls/${stream.id}/${list.body.split('\n')[2]}`)
    assert.equal(media.headers['content-type'], 'application/vnd.apple.mpegurl')
    const { s3_bucket_path: path } = endpoint.S3
    assert.match(media.body, new RegExp(`\nhttps://storage.example.org/${path}/index0.ts\\?signed=\\d+\n$`))
  })

  test('[PV85] what is private stays so: nothing without the right, and no pass in what the storage sees', async (t) => {
    const { fastify, post, goLive, authentication, broadcasts, viewerToken } = await setUp(t, { open: false })
    authentication.known.set('ann', sessionOf('broadcaster', 'ann'))
    const own = { 'x-who': 'ann', host: 'localhost', origin: 'http://localhost' }
    const { stream } = (await post('/stream/start/?type=hls&visibility=private', undefined, own)).body
    assert.equal((await broadcasts.get(stream.id)).record.visibility, 'private')
    await goLive(stream.id)
    for (const address of [
      'index.m3u8',
      'stored/index.m3u8',
      'stored/index.m3u8?session=abcdefghijklmnopqrst',
    ])
      assert.equal((await fastify.inject(`/hls/${stream.id}/${address}`)).statusCode, 404, address)
    const { token } = await viewerToken(stream.id)
    const list = await fastify.inject(`/hls/${stream.id}/index.m3u8?token=${token}`)
    const media = await fastify.inject(`/hls/${stream.id}/${list.body.split('\n')[2]}`)
    assert.equal(media.statusCode, 200)
    assert.equal(media.headers['cache-control'], 'private, no-store')
    assert.match(media.body, /\nhttps:\S+index0\.ts\?signed=\d+\n$/)
    assert.ok(!media.body.includes(token) && !media.body.includes('session='))
  })
})
