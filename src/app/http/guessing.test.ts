import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OFFER } from '../../../test/support/webrtc-door.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'
import { NodeSecrets } from '../../platform/node-secrets.ts'

describe('guessing', () => {
  test('[THR7] wrong, foreign and replaced keys are 401, after the same work as for an unknown id', async () => {
    await using server = await wholeServer({ open: false })
    const { broadcasts, secrets, fastify } = server
    const { broadcast, streamKey: replaced } = await broadcasts.create({ id: 'lecture' })
    const { streamKey: foreign } = await broadcasts.create({ id: 'other' })
    await broadcasts.rotateKey(broadcast)
    let compared = 0
    const matches = secrets.matches.bind(secrets)
    secrets.matches = (key, hash) => {
      compared++
      return matches(key, hash)
    }
    const answers = new Set<string>()
    for (const [id, key] of [
      ['lecture', 'sk_wrong'],
      ['lecture', foreign],
      ['lecture', replaced],
      ['nobody', foreign],
    ] as const) {
      compared = 0
      const { statusCode, body } = await fastify.inject({
        ...{ method: 'POST', url: `/whip/${id}`, payload: OFFER },
        headers: { 'content-type': 'application/sdp', authorization: `Bearer ${key}` },
      })
      assert.deepEqual([statusCode, compared], [401, 1], `${id} ${key}`)
      answers.add(body)
    }
    assert.equal(answers.size, 1)
  })

  test('[THR8] of ten thousand guesses of ids twenty a minute are answered', async () => {
    await using server = await wholeServer({ open: false })
    await server.broadcasts.create({ id: 'private', visibility: 'private' })
    const doors = [
      (id: string) => `/api/broadcasts/${id}`,
      (id: string) => `/hls/${id}/index.m3u8`,
      (id: string) => `/api/recordings/${id}`,
      (id: string) => `/api/broadcasts/${id}/thumbnail.jpg`,
    ]
    const statuses = new Map<number, number>()
    for (let guess = 0; guess < 10_000; guess++) {
      const id = guess === 5 ? 'private' : new NodeSecrets().newId()
      const url = doors[guess % doors.length]?.(id) ?? ''
      const { statusCode } = await server.fastify.inject({ url, remoteAddress: '192.0.2.66' })
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
    }
    assert.deepEqual([...statuses].toSorted(), [
      [404, 20],
      [429, 9980],
    ])
    const elsewhere = await server.fastify.inject({ url: '/api/broadcasts/x', remoteAddress: '192.0.2.67' })
    assert.equal(elsewhere.statusCode, 404)
    server.clock.advance(60_000)
    const later = await server.fastify.inject({ url: '/api/broadcasts/x', remoteAddress: '192.0.2.66' })
    assert.equal(later.statusCode, 404)
    assert.ok(Buffer.from(new NodeSecrets().newId(), 'base64url').length * 8 >= 128)
  })

  test('[THR9] an SDP of ten thousand lines or a megabyte is refused before any media host hears of it', async () => {
    await using server = await wholeServer({ open: false })
    const { streamKey } = await server.broadcasts.create({ id: 'lecture' })
    const publish = async (payload: string) =>
      (
        await server.fastify.inject({
          ...{ method: 'POST', url: '/whip/lecture', payload },
          headers: { 'content-type': 'application/sdp', authorization: `Bearer ${streamKey}` },
        })
      ).statusCode
    assert.equal(await publish(`v=0\r\n${'a=x\r\n'.repeat(200_000)}`), 413)
    assert.equal(
      await publish(`v=0\r\n${'a=candidate:1 1 udp 1 192.0.2.7 1 typ host\r\n'.repeat(10_000)}`),
      413,
    )
    assert.deepEqual(server.host.published, [])
  })
})
