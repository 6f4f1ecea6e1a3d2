import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { viewingRecord } from '../../../test/support/viewing-record.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

const ROUTES = [
  '/api/viewings',
  '/api/viewings.csv',
  '/api/viewings.json',
  '/api/broadcasts/lecture/viewers-over-time',
]

async function setUp() {
  const server = await wholeServer()
  await server.viewingStore.save([
    viewingRecord({ id: 'a', startedAt: Date.UTC(2029, 5, 1) }),
    viewingRecord({ id: 'b', startedAt: Date.UTC(2029, 5, 2), userId: 'anna', authenticated: true }),
    viewingRecord({
      id: 'c',
      startedAt: Date.UTC(2029, 5, 3),
      subject: { kind: 'file', id: '=films/a "b".mp4', title: '' },
      protocol: 'range',
      intervals: [
        [0, 5],
        [7, 9],
      ],
      endedAt: null,
    }),
  ])
  const idsAt = async (query: string) => {
    const { items } = (await server.fastify.inject(`/api/viewings${query}`)).json<{
      items: { id: string }[]
    }>()
    return items.map(({ id }) => id)
  }
  return { ...server, idsAt }
}

describe('the watch log over HTTP', () => {
  test('[WL44] without --open every route of it is 401', async () => {
    const { fastify } = await wholeServer({ open: false })
    for (const url of ROUTES) {
      const answer = await fastify.inject(url)
      assert.equal(answer.statusCode, 401, url)
      assert.equal(answer.json<{ code: string }>().code, 'unauthenticated')
    }
  })

  test('[WL45] viewings are listed newest first, in pages', async () => {
    const { fastify, idsAt } = await setUp()
    assert.deepEqual(await idsAt(''), ['c', 'b', 'a'])
    assert.deepEqual(await idsAt('?page=2&pageSize=2'), ['a'])

    const answer = await fastify.inject('/api/viewings?q=FILMS')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(answer.json(), {
      items: [
        {
          id: 'c',
          subject: { kind: 'file', id: '=films/a "b".mp4', title: '' },
          user: null,
          authenticated: false,
          address: '192.0.2.7',
          protocol: 'range',
          startedAt: '2029-06-03T00:00:00.000Z',
          endedAt: null,
          secondsWatched: 60,
          intervals: [
            [0, 5],
            [7, 9],
          ],
          intervalUnit: 'bytes',
          bytes: 1_000_000,
        },
      ],
      total: 1,
      watching: 0,
      page: 1,
      pageSize: 50,
    })
  })

  test('[WL45] they are filtered, and what makes no sense is 400', async () => {
    const { fastify, idsAt } = await setUp()
    assert.deepEqual(await idsAt('?authenticated=true'), ['b'])
    assert.deepEqual(await idsAt('?authenticated=false'), ['c', 'a'])
    assert.deepEqual(await idsAt('?from=2029-06-02'), ['c', 'b'])
    assert.deepEqual(await idsAt('?to=2029-06-02T02:00:00%2B02:00'), ['a'])
    assert.deepEqual(await idsAt('?broadcast=lecture&q=%20anna%20'), ['b'])

    for (const query of ['authenticated=yes', 'from=yesterday', 'from=2029-99-99', 'page=0', 'pageSize=1000'])
      assert.equal((await fastify.inject(`/api/viewings?${query}`)).statusCode, 400, query)
  })

  test('[WL46] [WL47] the CSV has a line per viewing and no formula', async () => {
    const { fastify } = await setUp()
    const answer = await fastify.inject('/api/viewings.csv?from=2029-06-02')

    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
    assert.match(String(answer.headers['content-disposition']), /attachment; filename="watch-log\.csv"/)
    assert.deepEqual(answer.body.split('\r\n'), [
      'id,kind,subject,title,is_authenticated,user,address,protocol,started,ended,seconds_watched,interval_unit,intervals,bytes',
      `c,file,"'=films/a ""b"".mp4",,false,,192.0.2.7,range,2029-06-03T00:00:00.000Z,,60,bytes,0-5 7-9,1000000`,
      'b,broadcast,lecture,A lecture,true,anna,192.0.2.7,whep,2029-06-02T00:00:00.000Z,2030-01-18T20:54:20.000Z,60,seconds,0-12.5 30-77.5,1000000',
      '',
    ])
  })

  test('[WL46] the JSON is an array of all that match', async () => {
    const { fastify, viewingStore } = await setUp()
    await viewingStore.save(
      Array.from({ length: 2500 }, (_, index) => viewingRecord({ id: `more-${index}`, startedAt: index })),
    )
    const items = (await fastify.inject('/api/viewings.json')).json<{ id: string }[]>()
    assert.equal(new Set(items.map(({ id }) => id)).size, 2503)
    assert.deepEqual((await fastify.inject('/api/viewings.json?q=nothing')).json(), [])
  })

  test('[WL46] a log that cannot be read is refused before anything is sent', async () => {
    const { fastify, viewingStore } = await setUp()
    viewingStore.failure = new Error('down')
    for (const url of ROUTES.slice(0, 3)) {
      const answer = await fastify.inject(url)
      assert.equal(answer.statusCode, 503, url)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
    }
  })

  test('[WL48] the audience of a broadcast is points and a peak', async () => {
    const { fastify, clock, goLive } = await setUp()
    const { broadcast } = await goLive({ id: 'talk' })
    broadcast.addViewer(new FakeSession('viewer', 'whep'))
    clock.advance(2_000)
    broadcast.addViewer(new FakeSession('another', 'whep'))
    clock.advance(2_000)

    const answer = await fastify.inject('/api/broadcasts/talk/viewers-over-time')

    assert.deepEqual(answer.json(), {
      from: '2030-01-01T00:00:00.000Z',
      to: '2030-01-01T00:00:04.000Z',
      step: 1,
      points: [1, 1, 2, 2].map((viewers, second) => ({ at: `2030-01-01T00:00:0${second}.000Z`, viewers })),
      peak: { at: '2030-01-01T00:00:02.000Z', viewers: 2 },
    })
    const half = await fastify.inject(
      '/api/broadcasts/talk/viewers-over-time?from=2030-01-01T00:00:00Z&to=2030-01-01T00:00:04Z&step=4',
    )
    assert.equal(half.json<{ points: unknown[] }>().points.length, 1)
    assert.equal((await fastify.inject('/api/broadcasts/nobody/viewers-over-time')).statusCode, 404)
  })

  test('[WL49] nothing adds, changes or deletes a viewing, but for a user who is forgotten', async () => {
    const { fastify, routes, idsAt } = await setUp()
    assert.deepEqual(
      routes
        .filter(({ url, method }) => /\/viewings|viewers-over-time/.test(url) && method !== 'get')
        .map(({ url, method }) => `${method} ${url}`),
      ['delete /api/viewings'],
    )
    assert.deepEqual(await idsAt('?user=anna'), ['b'])
    const forget = (query: string) => fastify.inject({ method: 'DELETE', url: `/api/viewings${query}` })
    for (const query of ['', '?user=', '?q=anna']) assert.equal((await forget(query)).statusCode, 400, query)
    assert.deepEqual((await forget('?user=nobody')).json(), { forgotten: 0 })
    assert.deepEqual((await forget('?user=anna')).json(), { forgotten: 1 })
    assert.deepEqual(await idsAt('?user=anna'), [])
    assert.deepEqual(await idsAt('?authenticated=true'), ['b'])
    const { body } = await fastify.inject('/api/viewings.json?authenticated=true')
    assert.ok(!body.includes('anna'))
  })
})
