import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { FakeLibrarySource, libraryItem } from '../../../test/support/fake-library-source.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { Library } from '../../core/library.ts'
import { VIDEO_EXTENSIONS } from '../../core/video-type.ts'
import { installErrorHandler } from '../http-errors.ts'
import { validation } from '../validation.ts'
import { libraryPlugin } from './library-plugin.ts'

async function setUp({ open = true, hasPosters = true } = {}) {
  const files = new FakeLibrarySource('file', [
    libraryItem({ id: 'a', title: 'Alps', posterVersion: 'v1', createdAt: 2000 }),
    libraryItem({ id: 'b', title: 'Beach', createdAt: 3000, duration: null }),
  ])
  files.posters.set('a', Buffer.from('a picture'))
  const recordings = new FakeLibrarySource('recording', [
    libraryItem({ kind: 'recording', id: 'r', title: 'A show', createdAt: 1000 }),
  ])
  const fastify = Fastify({ ajv: validation, routerOptions: { ignoreTrailingSlash: true } })
  installErrorHandler(fastify)
  await fastify.register(libraryPlugin, {
    library: new Library([files, recordings]),
    rights: (await restRig({ open })).libraryRights,
    hasPosters: async () => hasPosters,
    maxUpload: () => 5000,
  })
  const get = (url: string, headers = {}) => fastify.inject({ url, headers })
  return { fastify, files, get }
}

type Page = { items: { id: string; kind: string }[]; total: number; posters: boolean }
const idsIn = (answer: { json(): unknown }) => (answer.json() as Page).items.map(({ id }) => id)

describe('/api/library', () => {
  test('[LB17] the newest comes first; search, kind, order and pages are told in the query', async () => {
    const { get } = await setUp()
    assert.deepEqual(idsIn(await get('/api/library')), ['b', 'a', 'r'])
    assert.deepEqual(idsIn(await get('/api/library/?sort=name')), ['r', 'a', 'b'])
    assert.deepEqual(idsIn(await get('/api/library?kind=recording')), ['r'])
    assert.deepEqual(idsIn(await get('/api/library?q=BEACH')), ['b'])
    const second = await get('/api/library?page=2&pageSize=2')
    const { items: _, ...rest } = second.json<Page>()
    assert.deepEqual(idsIn(second), ['r'])
    assert.deepEqual(rest, {
      ...{ total: 3, page: 2, pageSize: 2, pending: 0, posters: true },
      uploads: { maxSize: 5000, extensions: [...VIDEO_EXTENSIONS] },
    })
  })

  for (const query of [
    'sort=best',
    'kind=broadcast',
    'page=0',
    'page=x',
    'pageSize=201',
    `q=${'x'.repeat(201)}`,
  ])
    test(`[LB17] ${query.slice(0, 20)} is 400`, async () => {
      const { get } = await setUp()
      const answer = await get(`/api/library?${query}`)
      assert.equal(answer.statusCode, 400)
      assert.equal(answer.json<{ code: string }>().code, 'bad-request')
    })

  test('[LB17] an item tells what it is and where it is played, downloaded and seen', async () => {
    const { get } = await setUp()
    const answer = await get('/api/library/file/a')
    assert.deepEqual(answer.json(), {
      kind: 'file',
      id: 'a',
      title: 'Alps',
      duration: 10,
      size: 1000,
      createdAt: '1970-01-01T00:00:02.000Z',
      width: 640,
      height: 360,
      codecs: ['h264', 'aac'],
      poster: '/api/library/file/a/poster.jpg?v=v1',
      listed: true,
      play: '/api/stream/?path=a.mp4',
      download: '/api/stream/?path=a.mp4',
      contentType: 'video/mp4',
    })
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal((await get('/api/library/file/b')).json<{ poster: null }>().poster, null)
  })

  test('[LB17] without ffmpeg it says that there are no posters', async () => {
    const { get } = await setUp({ hasPosters: false })
    assert.equal((await get('/api/library')).json<Page>().posters, false)
  })

  test('[LB17] a poster is a JPEG with an ETag; where there is none it is 404', async () => {
    const { get } = await setUp()
    const url = '/api/library/file/a/poster.jpg'
    const answer = await get(url)
    assert.deepEqual([answer.headers['content-type'], answer.body], ['image/jpeg', 'a picture'])
    assert.equal((await get(url, { 'if-none-match': answer.headers.etag })).statusCode, 304)
    assert.equal((await get('/api/library/file/b/poster.jpg')).statusCode, 404)
  })

  test('[LB18] an unknown item is 404 item-not-found, an impossible one 400', async () => {
    const { fastify, get } = await setUp()
    const unknown = await get('/api/library/file/nobody')
    assert.deepEqual([unknown.statusCode, unknown.json<{ code: string }>().code], [404, 'item-not-found'])
    assert.equal((await get('/api/library/file/..%2Fa')).statusCode, 400)
    assert.equal((await get('/api/library/broadcast/a')).statusCode, 400)
    assert.equal(
      (await fastify.inject({ method: 'DELETE', url: '/api/library/recording/a' })).statusCode,
      404,
    )
  })

  test('[LB18] removing is 204; a page of another site may not', async () => {
    const { fastify, files } = await setUp()
    const remove = (headers = {}) => fastify.inject({ method: 'DELETE', url: '/api/library/file/a', headers })
    assert.equal((await remove({ origin: 'https://elsewhere.example' })).statusCode, 403)
    assert.deepEqual(files.removed, [])
    assert.equal((await remove()).statusCode, 204)
    assert.deepEqual(files.removed, ['a'])
    assert.equal((await remove()).statusCode, 404)
  })

  test('[LB19] without open mode all of it is 401', async () => {
    const { fastify, get } = await setUp({ open: false })
    for (const url of ['/api/library', '/api/library/file/a', '/api/library/file/a/poster.jpg'])
      assert.equal((await get(url)).statusCode, 401, url)
    assert.equal((await fastify.inject({ method: 'DELETE', url: '/api/library/file/a' })).statusCode, 401)
  })
})
