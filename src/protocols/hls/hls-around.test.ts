import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { hlsRig, settled } from '../../../test/support/hls-rig.ts'

async function running(seconds = 9) {
  const door = await hlsRig()
  const { rig, stream } = door.begin()
  rig.publish()
  rig.run(seconds)
  return { ...door, rig, stream }
}

const SESSION = 'a-session-of-a-player'

describe('around the playlists', () => {
  test('[HLS24] what caches may keep, and for how long', async () => {
    const { get, playlist, rig } = await running()
    const { segments, hint } = await playlist()
    const part = segments.at(-1)!.parts[0]!.uri
    const keep = async (path: string) => (await get(path)).headers['cache-control']

    assert.equal(await keep('index.m3u8'), 'no-store')
    assert.equal(await keep('v0/index.m3u8'), 'public, max-age=2')
    assert.equal(await keep('v0/index.m3u8?_HLS_msn=1'), 'public, max-age=24')
    assert.equal(await keep('v0/index.m3u8?_HLS_msn=1&_HLS_part=0&_HLS_skip=YES'), 'public, max-age=24')
    for (const name of [segments[0]!.map, segments[0]!.uri, part])
      assert.equal(await keep(`v0/${name}`), 'public, max-age=31536000, immutable', name)
    const hinted = keep(`v0/${hint}`)
    await settled()
    rig.run(1)
    assert.equal(await hinted, 'public, max-age=31536000, immutable')
    await rig.packager.close('ended')
    await settled()
    assert.equal(await keep('v0/index.m3u8?_HLS_msn=1'), 'public, max-age=4')
  })

  test('[HLS25] playlists are compressed for who takes gzip, and told apart', async () => {
    const { get, rig } = await running(40)
    const plain = await get('v0/index.m3u8', { 'accept-encoding': 'identity' })
    const packed = await get('v0/index.m3u8', { 'accept-encoding': 'br, gzip;q=0.5' })
    const delta = await get('v0/index.m3u8?_HLS_skip=YES', { 'accept-encoding': 'gzip' })

    assert.equal(plain.headers['content-encoding'], undefined)
    assert.equal(packed.headers['content-encoding'], 'gzip')
    for (const { headers } of [plain, packed]) assert.match(String(headers['vary']), /accept-encoding/)
    assert.equal(String(gunzipSync(packed.body)), plain.text)
    assert.match(String(gunzipSync(delta.body)), /EXT-X-SKIP/)
    assert.ok(packed.body.length < plain.body.length / 3)
    rig.run(1)
    const later = await get('v0/index.m3u8', { 'accept-encoding': 'gzip' })
    assert.notEqual(String(gunzipSync(later.body)), plain.text)
  })

  test('[HLS26] any page may play, and ask whether it may bring a token', async () => {
    const { get, fastify, playlist } = await running()
    const { segments } = await playlist()
    for (const path of ['index.m3u8', 'v0/index.m3u8', `v0/${segments[0]!.uri}`, 'v0/nothing.m4s'])
      assert.equal((await get(path)).headers['access-control-allow-origin'], '*', path)

    const { statusCode, headers } = await fastify.inject({
      method: 'OPTIONS',
      url: '/hls/lecture/v0/index.m3u8',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-headers': 'authorization' },
    })
    assert.equal(statusCode, 204)
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.match(String(headers['access-control-allow-headers']), /Authorization/)
    assert.match(String(headers['access-control-allow-methods']), /GET/)
  })

  test('[HLS26] HEAD tells what GET would, without a body', async () => {
    const { get, fastify, playlist } = await running()
    const { segments } = await playlist()
    for (const path of ['v0/index.m3u8', `v0/${segments[0]!.uri}`]) {
      const { statusCode, headers, rawPayload } = await fastify.inject({
        method: 'HEAD',
        url: `/hls/lecture/${path}`,
      })
      assert.equal(statusCode, 200)
      assert.equal(rawPayload.length, 0)
      assert.equal(Number(headers['content-length']), (await get(path)).body.length)
    }
  })

  test('[HLS27] no cache keeps that something is not there, or not yet', async () => {
    const { get, ask, playlist, clock } = await running()
    const { hint } = await playlist()
    const late = await ask('v0/index.m3u8?_HLS_msn=6')
    clock.advance(12_000)
    const answers = [
      await late.done,
      ...(await Promise.all(
        [
          'v0/index.m3u8?_HLS_part=1',
          'v1/index.m3u8',
          'v0/nothing.m4s',
          `v0/${hint?.replace(/\d+\.m4s/, '99.m4s')}`,
        ].map((path) => get(path)),
      )),
    ]
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers['cache-control']]),
      [503, 400, 404, 404, 404].map((status) => [status, 'no-store']),
    )
  })

  for (const codecs of [['VP8'], ['VP8', 'opus']])
    test(`[HLS28] ${codecs.join(' with ')} is named, with its cure`, async () => {
      const { begin, get, broadcasts } = await hlsRig()
      const broadcast = await broadcasts.get('lecture')
      const tracks = codecs.map((codec) =>
        codec === 'opus'
          ? ({ kind: 'audio', codec: 'opus', clockRate: 48_000, layers: [{ rid: '' }] } as const)
          : ({ kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: '' }] } as const),
      )
      const session = new FakeSession('publisher')
      broadcast.attachPublisher(session)
      broadcast.tracksChanged(session, tracks)
      begin().rig.publish({ videoCodec: 'VP8' })
      const { status, text } = await get('index.m3u8')

      assert.equal(status, 422)
      assert.match(text, /HLS does not carry VP8: publish H264/)
    })

  test('[HLS28] peer-to-peer broadcasts and those that are not live are refused', async () => {
    const { get, broadcasts } = await hlsRig()
    await broadcasts.create({ id: 'meeting', delivery: 'p2p' })
    for (const path of ['index.m3u8', 'v0/index.m3u8']) {
      const direct = await get(`/hls/meeting/${path}`)
      assert.equal(direct.status, 409)
      assert.match(direct.text, /peer-to-peer-only/)
      const early = await get(`/hls/lecture/${path}`)
      assert.equal(early.status, 409)
      assert.match(early.text, /broadcast-not-live/)
      assert.ok(early.headers['retry-after'])
    }
  })

  test('[HLS29] a player is counted by its session, once for each playlist it fetches', async () => {
    const { get, seen, playlist } = await running()
    const { segments } = await playlist()
    await get(`v0/index.m3u8?session=${SESSION}`)
    await get(`a0/index.m3u8?session=${SESSION}&_HLS_msn=1`)
    assert.deepEqual(
      seen.map(({ key, protocol, subject }) => ({ key, protocol, subject })),
      Array.from({ length: 2 }, () => ({
        key: SESSION,
        protocol: 'hls',
        subject: { kind: 'broadcast', id: 'lecture' },
      })),
    )
    for (const { bytes, address } of seen) assert.ok(bytes > 0 && address === '127.0.0.1')

    await get('index.m3u8')
    await get('v0/index.m3u8')
    await get('v0/index.m3u8?session=short')
    await get('v0/index.m3u8?session=%00%0a%3cscript%3e----------')
    await get(`v0/index.m3u8?session=${SESSION}&_HLS_msn=99999`)
    await get(`v0/${segments[0]!.uri}`)
    assert.equal(seen.length, 2, 'nothing else counts')
  })

  test('[HLS33] a player that leaves is told of by its session; without one there is nothing to tell', async () => {
    const { fastify, seen } = await running()
    const leave = async (session: string) =>
      (await fastify.inject({ method: 'POST', url: `/hls/lecture/leave?session=${session}` })).statusCode
    assert.equal(await leave(SESSION), 204)
    assert.equal(await leave('short'), 204)

    assert.deepEqual(
      seen.map(({ key, protocol, leaving, bytes }) => ({ key, protocol, leaving, bytes })),
      [{ key: SESSION, protocol: 'hls', leaving: true, bytes: 0 }],
    )
  })

  test('[HLS33] who hangs up while waiting is not counted by what comes then', async () => {
    const { fastify, seen, rig } = await running()
    const abort = new AbortController()
    const url = `/hls/lecture/v0/index.m3u8?session=${SESSION}&_HLS_msn=5`
    const asked = fastify.inject({ url, signal: abort.signal }).then(
      () => 'answered',
      () => 'gone',
    )
    await settled()
    abort.abort()
    await settled()
    rig.run(12)
    await settled()

    assert.equal(await asked, 'gone')
    assert.deepEqual(seen, [])
  })

  test('[HLS29] who watches the rest of an ended broadcast is no viewer any more', async () => {
    const { get, seen, rig } = await running()
    await rig.packager.close('ended')
    await settled()
    await get(`v0/index.m3u8?session=${SESSION}`)

    assert.equal(seen.length, 0)
  })

  test('[HLS30] another run has other names, and the files of the one before are gone', async () => {
    const { get, playlist, rig, stream, begin, clock } = await running()
    const { segments } = await playlist()
    await rig.packager.close('ended')
    await settled()
    clock.advance(5000)
    const next = begin()
    next.rig.publish()
    next.rig.run(5)
    const again = await playlist()

    assert.notEqual(next.stream.run, stream.run)
    assert.equal(again.ended, false)
    assert.equal(again.mediaSequence, 0)
    const names = (list: typeof segments) =>
      list.flatMap(({ uri, map, parts }) => [uri, map, ...parts.map((part) => part.uri)])
    const before = new Set(names(segments).filter((name) => name !== undefined))
    assert.ok(names(again.segments).every((name) => name === undefined || !before.has(name)))
    for (const name of before) assert.equal((await get(`v0/${name}`)).status, 404, name)
  })

  test('[HLS31] an ended broadcast can be watched for as long as it takes, and no longer', async () => {
    const { get, rig, clock } = await running()
    await rig.packager.close('ended')
    await settled()
    for (const path of ['index.m3u8', 'v0/index.m3u8']) assert.equal((await get(path)).status, 200)
    clock.advance(119_000)
    assert.equal((await get('v0/index.m3u8')).status, 200)
    clock.advance(2000)
    for (const path of ['index.m3u8', 'v0/index.m3u8']) assert.equal((await get(path)).status, 409)
  })

  test('[HLS31] the end of one run does not end the next', async () => {
    const { get, rig, clock, begin } = await running()
    await rig.packager.close('ended')
    await settled()
    const next = begin()
    next.rig.publish()
    next.rig.run(5)
    clock.advance(121_000)

    assert.equal((await get('v0/index.m3u8')).status, 200)
  })
})
