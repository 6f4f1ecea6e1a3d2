import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { keyOf, sessionOf } from '../../../test/support/fake-authentication.ts'
import { videoFolder } from '../../../test/support/range-rig.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

type Token = { id: string; token: string; url: string }

async function setUp(t: { after: (task: () => unknown) => void }) {
  const folder = videoFolder()
  const dataDir = path.join(folder.outer, 'data')
  mkdirSync(path.join(dataDir, 'videos'), { recursive: true })
  for (const name of ['film.mp4', 'other.mp4'])
    writeFileSync(path.join(dataDir, 'videos', name), folder.bytes)
  const server = await wholeServer({
    open: false,
    env: { KLIEG_DATA_DIR: dataDir, STREAM_DEFAULT_PERMISSION_CLASSES: 'IsAuthenticated' },
  })
  t.after(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
  const { authentication, fastify } = server
  authentication.known.set('ann', sessionOf('broadcaster', 'ann'))
  authentication.known.set('vera', sessionOf('viewer', 'vera'))
  authentication.known.set('program', keyOf('viewer', ['watch'], 'vera'))
  const own = { host: 'localhost', origin: 'http://localhost' }
  const share = (who: string, body: object = { path: 'film.mp4' }) =>
    fastify.inject({
      ...{ method: 'POST', url: '/api/stream/viewer-tokens', payload: body },
      headers: { 'x-who': who, ...own },
    })
  const statusOf = async (url: string, headers = {}) => (await fastify.inject({ url, headers })).statusCode
  return { ...server, own, share, statusOf }
}

describe('videos that need an account', () => {
  test('[PERM76] a token opens its own video, and no other, until it is taken back or expires', async (t) => {
    const { share, statusOf, fastify, own, clock } = await setUp(t)
    const film = '/api/stream/?path=film.mp4'
    assert.equal(await statusOf(film), 401)
    assert.equal(await statusOf(film, { 'x-who': 'vera' }), 200)
    assert.equal(await statusOf(film, { 'x-who': 'program' }), 403, 'its key is not for the library')

    const { id, token, url } = (await share('ann')).json<Token>()
    assert.equal(url, `http://localhost/api/stream/?path=film.mp4&token=${token}`)
    assert.equal(await statusOf(`${film}&token=${token}`), 200)
    assert.equal(await statusOf(film, { authorization: `Bearer ${token}` }), 200)
    assert.equal(await statusOf(`/api/stream/?path=other.mp4&token=${token}`), 401)

    const list = `/api/stream/viewer-tokens?path=film.mp4`
    const listed = (await fastify.inject({ url: list, headers: { 'x-who': 'ann' } })).json<{
      items: Token[]
    }>()
    assert.deepEqual(
      listed.items.map((each) => each.id),
      [id],
    )
    const gone = await fastify.inject({
      ...{ method: 'DELETE', url: list.replace('?', `/${id}?`), headers: { 'x-who': 'ann', ...own } },
    })
    assert.equal(gone.statusCode, 204)
    assert.equal(await statusOf(`${film}&token=${token}`), 401)

    const short = (await share('ann', { path: 'film.mp4', expiresIn: 60 })).json<Token>()
    assert.equal(await statusOf(`${film}&token=${short.token}`), 200)
    clock.advance(60_000)
    const late = await fastify.inject(`${film}&token=${short.token}`)
    assert.deepEqual([late.statusCode, late.json<{ code: string }>().code], [401, 'token-expired'])
  })

  test('[PERM77] only those who may upload make tokens', async (t) => {
    const { share } = await setUp(t)
    assert.deepEqual(
      [(await share('')).statusCode, (await share('vera')).statusCode, (await share('ann')).statusCode],
      [401, 403, 201],
    )
  })
})
