import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { OFFER, SDP_TYPE } from '../../../test/support/webrtc-door.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

type Audience = {
  publisher: { protocol: string; address: string } | null
  items: { id: string; protocol: string; address: string; userId: string | null }[]
  total: number
  exclusions: { id: string; kind: string; address: string | null; userId: string | null }[]
}

/** A live broadcast, and an administrator at another address than its audience. */
async function setUp() {
  const server = await wholeServer({ open: false })
  server.authentication.known.set('admin', sessionOf('admin', 'root'))
  server.authentication.known.set('vera', sessionOf('viewer', 'vera'))
  const { broadcast, streamKey } = await server.goLive({ id: 'lecture', ownerId: 'ann' })
  const admin = (method: 'GET' | 'POST' | 'DELETE', route: string, payload?: object) =>
    server.fastify.inject({
      ...{ method, url: `/api/admin/broadcasts/lecture${route}` },
      headers: { 'x-who': 'admin', host: 'localhost', origin: 'http://localhost' },
      remoteAddress: '192.0.2.200',
      ...(payload && { payload }),
    })
  const audience = async () => (await admin('GET', '/audience')).json<Audience>()
  const watch = (remoteAddress: string, headers: Record<string, string> = {}) =>
    server.fastify.inject({
      ...{ method: 'POST', url: '/whep/lecture', remoteAddress, payload: OFFER },
      headers: { ...SDP_TYPE, host: 'localhost', origin: 'http://localhost', ...headers },
    })
  const publish = (headers: Record<string, string> = {}) =>
    server.fastify.inject({
      ...{ method: 'POST', url: '/whip/lecture', payload: OFFER },
      headers: { ...SDP_TYPE, authorization: `Bearer ${streamKey}`, ...headers },
    })
  return {
    server,
    broadcast,
    admin,
    audience,
    watch,
    publish,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Somebody at an address who watches by a connection. */
class Viewer extends FakeSession {
  readonly address: string
  readonly userId: string | undefined

  constructor(address: string, userId?: string) {
    super('viewer', 'whep')
    this.address = address
    this.userId = userId
  }
}

describe('the audience, for administrators', () => {
  test('[AD40] everybody who is here is listed, in pages, with door, address, account and when they came', async () => {
    await using rig = await setUp()
    rig.broadcast.addViewer(new Viewer('192.0.2.7'))
    rig.broadcast.addViewer(new Viewer('192.0.2.8', 'vera'))
    const { viewings } = rig.server.watchLog
    const request = { key: 'player', subject: { kind: 'broadcast', id: 'lecture' }, bytes: 10 } as const
    viewings.seen({ ...request, protocol: 'hls', address: '192.0.2.9' })
    viewings.seen({
      ...request,
      subject: { kind: 'broadcast', id: 'other' },
      protocol: 'hls',
      address: '192.0.2.9',
    })

    const { publisher, items, total, exclusions } = await rig.audience()
    assert.deepEqual(publisher, { protocol: 'whip', address: '192.0.2.1', userId: null })
    assert.deepEqual(items.map(({ protocol, address, userId }) => [protocol, address, userId]).toSorted(), [
      ['hls', '192.0.2.9', null],
      ['whep', '192.0.2.7', null],
      ['whep', '192.0.2.8', 'vera'],
    ])
    assert.deepEqual([total, exclusions], [3, []])
    const second = (await rig.admin('GET', '/audience?page=2&pageSize=2')).json<Audience>()
    assert.deepEqual([second.items.length, second.total], [1, 3])
    assert.equal((await rig.server.fastify.inject('/api/admin/broadcasts/lecture/audience')).statusCode, 401)
  })

  test('[AD45] a viewer who is sent away is gone at once, and does not come back by any live door', async () => {
    await using rig = await setUp()
    const [eve, ann] = [new Viewer('192.0.2.7'), new Viewer('192.0.2.7')]
    rig.broadcast.addViewer(eve)
    rig.broadcast.addViewer(ann)
    rig.server.clock.advance(1)
    const id = (await rig.audience()).items[0]?.id ?? ''
    const kicked = await rig.admin('POST', `/viewers/${id}/kick`, { minutes: 5 })
    assert.equal(kicked.statusCode, 204)
    assert.equal([eve, ann].filter(({ closedWith }) => closedWith.includes('kicked')).length, 1)
    assert.equal(rig.broadcast.viewers, 1)

    const again = await rig.watch('192.0.2.7')
    assert.deepEqual(
      [again.statusCode, again.json().code, again.headers['retry-after']],
      [403, 'kicked', '300'],
    )
    for (const url of ['/hls/lecture/index.m3u8', '/frames/lecture.jpg', '/frames/lecture.mjpeg'])
      assert.equal(
        (await rig.server.fastify.inject({ url, remoteAddress: '192.0.2.7' })).json().code,
        'kicked',
        url,
      )
    assert.equal((await rig.watch('192.0.2.8')).statusCode, 201)
    assert.equal((await rig.watch('192.0.2.7', { 'x-who': 'vera' })).statusCode, 201)
    assert.equal((await rig.watch('192.0.2.7', { 'x-who': 'admin' })).statusCode, 201)

    const { exclusions } = await rig.audience()
    assert.deepEqual(
      exclusions.map(({ kind, address, userId }) => [kind, address, userId]),
      [['viewer', '192.0.2.7', null]],
    )
    assert.equal((await rig.admin('DELETE', `/exclusions/${exclusions[0]?.id}`)).statusCode, 204)
    assert.equal((await rig.watch('192.0.2.7')).statusCode, 201)
    assert.equal((await rig.admin('POST', '/viewers/nobody/kick')).statusCode, 404)
  })

  test('[AD46] an HLS player that is sent away gets no playlist any more, its neighbours do', async () => {
    await using rig = await setUp()
    const { viewings } = rig.server.watchLog
    const subject = { kind: 'broadcast', id: 'lecture' } as const
    for (const key of ['the-one-who-is-sent-away', 'somebody-else-at-home'])
      viewings.seen({ key, subject, protocol: 'hls', address: '192.0.2.7', bytes: 1 })
    const { items } = await rig.audience()
    for (const { id } of items) {
      const isWatching = viewings.isWatching('lecture', 'the-one-who-is-sent-away')
      if (isWatching) await rig.admin('POST', `/viewers/${id}/kick`, { minutes: 5 })
    }
    viewings.seen({ key: 'somebody-else-at-home', subject, protocol: 'hls', address: '192.0.2.7', bytes: 1 })
    const reload = async (session: string) => {
      const url = `/hls/lecture/video/index.m3u8?session=${session}`
      return (await rig.server.fastify.inject({ url, remoteAddress: '192.0.2.7' })).json().code as string
    }
    assert.equal(await reload('the-one-who-is-sent-away'), 'kicked')
    assert.notEqual(await reload('somebody-else-at-home'), 'kicked')
  })

  test('[AD47] a publisher who is sent away ends the broadcast, and nobody but an administrator begins it again', async () => {
    await using rig = await setUp()
    assert.equal((await rig.admin('POST', '/publisher/kick')).statusCode, 204)
    assert.deepEqual([rig.broadcast.state, rig.broadcast.publisher], ['ended', undefined])
    const refused = await rig.publish()
    assert.deepEqual([refused.statusCode, refused.json().code], [403, 'kicked'])
    rig.server.clock.advance(10 * 60_000)
    assert.equal((await rig.publish()).statusCode, 201)
  })

  test('[AD48] the audit log says who was sent away, and who was let in again', async () => {
    await using rig = await setUp()
    rig.broadcast.addViewer(new Viewer('192.0.2.8', 'vera'))
    const id = (await rig.audience()).items[0]?.id ?? ''
    await rig.admin('POST', `/viewers/${id}/kick`)
    await rig.admin('POST', '/publisher/kick', { minutes: 0 })
    const [exclusion] = (await rig.audience()).exclusions
    await rig.admin('DELETE', `/exclusions/${exclusion?.id}`)
    const { entries } = await rig.server.audit.list({}, { offset: 0, limit: 10 })
    assert.deepEqual(
      entries.map(({ action, subjectId, detail }) => `${action} ${subjectId} ${detail}`).toSorted(),
      [
        'broadcast.kick-publisher lecture minutes: 0',
        'broadcast.kick-viewer lecture user: vera, minutes: 10',
        'broadcast.lift-exclusion lecture ',
      ],
    )
  })
})
