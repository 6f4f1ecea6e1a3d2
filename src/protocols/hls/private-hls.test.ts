import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { fakeHlsRun } from '../../../test/support/fake-hls-run.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import type { SeenRequest } from '../../core/request-viewing.ts'
import { hlsPlugin } from './hls-plugin.ts'
import { HlsStreams } from './hls-streams.ts'

async function setUp(t: { after: (task: () => unknown) => void }) {
  const rig = await restRig({ open: false })
  const { fastify, clock, broadcasts, authentication, watchAccess } = rig
  const { broadcast } = await broadcasts.create({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
  const streams = new HlsStreams({ clock, targetDuration: 4, window: 60 })
  const seen: SeenRequest[] = []
  fastify.decorateRequest('identity', undefined)
  fastify.addHook('onRequest', async (request) => {
    request.identity = await authentication.identify(request.headers)
  })
  const watched = (request: SeenRequest) => void seen.push(request)
  await fastify.register(hlsPlugin, { ...rig, streams, access: watchAccess, watched })
  fakeHlsRun(streams, broadcast.id)
  t.after(() => fastify.close())
  const get = (url: string, headers = {}) => fastify.inject({ url, headers })
  return { ...rig, broadcast, seen, get }
}

/** Every address in a playlist, as seen from it. */
function addressesIn(playlist: string, from: string): string[] {
  const found = [...playlist.matchAll(/^([^#\s]\S*)$|URI="([^"]+)"/gm)]
  return found.map(([, line, attribute]) => {
    const { pathname, search } = new URL(line ?? attribute ?? '', `http://localhost${from}`)
    return pathname + search
  })
}

describe('HLS of a private broadcast', () => {
  test('[PERM61] a token is exchanged once; then each address carries a pass, and none the token', async (t) => {
    const { get, viewerToken } = await setUp(t)
    const { token } = await viewerToken('lecture')
    const index = `/hls/lecture/index.m3u8?token=${token}`
    const list = await get(index)
    assert.equal(list.statusCode, 200)
    const lists = addressesIn(list.body, index)
    assert.equal(lists.length, 2)

    for (const address of lists) {
      const media = await get(address)
      assert.equal(media.statusCode, 200, address)
      assert.equal(media.headers['cache-control'], 'private, no-store')
      const addresses = addressesIn(media.body, address)
      assert.ok(addresses.length > 4)
      for (const each of addresses.filter((one) => !one.includes('.m3u8') && !one.includes('.3.0.m4s'))) {
        const piece = await get(each)
        assert.equal(piece.statusCode, 200, each)
        assert.equal(piece.headers['cache-control'], 'private, no-store')
        assert.ok(!each.includes(token))
      }
      const compressed = await get(address, { 'accept-encoding': 'gzip' })
      assert.equal(gunzipSync(compressed.rawPayload).toString(), media.body)
    }
  })

  test('[PERM62] without a pass nothing is there: not a playlist, a segment, a part or an initialization', async (t) => {
    const { get, viewerToken, guesses } = await setUp(t)
    const { token } = await viewerToken('lecture')
    const index = `/hls/lecture/index.m3u8?token=${token}`
    const [video = ''] = addressesIn((await get(index)).body, index).filter((one) => one.includes('/v0/'))
    const addresses = [index, video, ...addressesIn((await get(video)).body, video)]
    const other = (await viewerToken('other')).token
    let address = 0
    for (const bare of addresses.map((one) => one.split('?')[0] ?? ''))
      for (const query of ['', '?session=made-up', `?session=${token}`, `?token=${other}`]) {
        const answer = await get(bare + query, {})
        assert.ok([404, 429].includes(answer.statusCode), `${bare}${query}: ${answer.statusCode}`)
        address++
      }
    assert.ok(address > 20)
    assert.ok(guesses)
    assert.equal((await get(index)).statusCode, 429, 'and who goes on guessing is not answered for a while')
  })

  test('[PERM63] taking the token back ends all that came from it, at the next request', async (t) => {
    const { get, viewerToken, shares } = await setUp(t)
    const { id, token } = await viewerToken('lecture')
    const index = `/hls/lecture/index.m3u8?token=${token}`
    const [list = ''] = addressesIn((await get(index)).body, index)
    const [piece = ''] = addressesIn((await get(list)).body, list)

    await shares.revoke('lecture', id)

    for (const address of [index, list, piece]) {
      for (let again = 0; again < 10; again++) assert.equal((await get(address)).statusCode, 401, address)
      assert.equal((await get(address)).json<{ code: string }>().code, 'token-expired')
    }
  })

  test('[PERM64] its owner watches by the sign-in, until that is over', async (t) => {
    const { get, authentication, clock } = await setUp(t)
    authentication.known.set('ann', sessionOf('broadcaster', 'ann'))
    authentication.known.set('bob', sessionOf('broadcaster', 'bob'))
    const index = '/hls/lecture/index.m3u8'
    assert.equal((await get(index, { 'x-who': 'bob' })).statusCode, 404)
    const [list = ''] = addressesIn((await get(index, { 'x-who': 'ann' })).body, index)
    assert.equal((await get(list)).statusCode, 200, 'segments come without cookies')

    clock.advance(1)
    authentication.revoke({ personId: 'ann', sessionId: 'session of ann' })
    assert.equal((await get(list)).statusCode, 401)
  })

  test('[PERM65] a player is counted by its pass, one viewing for all its requests', async (t) => {
    const { get, viewerToken, seen } = await setUp(t)
    const { token } = await viewerToken('lecture')
    const index = `/hls/lecture/index.m3u8?token=${token}`
    for (const address of addressesIn((await get(index)).body, index)) await get(address)
    for (const address of addressesIn((await get(index)).body, index)) await get(address)
    assert.equal(seen.length, 4)
    assert.equal(new Set(seen.map(({ key }) => key)).size, 2)
    assert.ok(seen.every(({ key }) => !key.includes('sealed')))
  })
})
