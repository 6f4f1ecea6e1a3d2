import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { restRig } from '../../../test/support/rest-rig.ts'
import { jpegSizeOf } from '../../media/jpeg.ts'
import { thumbnailPlugin } from './thumbnail-plugin.ts'

/** The headers of a JPEG and nothing to decode: enough for whoever reads sizes only. */
function jpegOf(width: number, height: number): Buffer {
  const frame = Buffer.from([
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    0x11,
    0,
  ])
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]), frame, Buffer.from([0xff, 0xd9])])
}

async function setUp() {
  const rig = await restRig()
  await rig.fastify.register(thumbnailPlugin, rig)
  const { broadcast, streamKey } = await rig.broadcasts.create({})
  const url = `/api/broadcasts/${broadcast.id}/thumbnail`
  const put = (payload: Buffer, type = 'image/jpeg', key = streamKey) =>
    rig.fastify.inject({
      method: 'PUT',
      url,
      payload,
      headers: { 'content-type': type, authorization: `Bearer ${key}` },
    })
  return { ...rig, url, put }
}

describe('thumbnails', () => {
  test('[REST8] the newest picture is kept and shown, with an ETag that changes', async () => {
    const { fastify, url, put } = await setUp()
    assert.equal((await fastify.inject({ method: 'GET', url: `${url}.jpg` })).statusCode, 404)

    assert.equal((await put(jpegOf(320, 180))).statusCode, 204)
    const first = await fastify.inject({ method: 'GET', url: `${url}.jpg` })
    await put(jpegOf(640, 360))
    const second = await fastify.inject({ method: 'GET', url: `${url}.jpg` })

    assert.deepEqual(first.rawPayload, jpegOf(320, 180))
    assert.equal(first.headers['content-type'], 'image/jpeg')
    assert.notEqual(first.headers.etag, second.headers.etag)
    const again = await fastify.inject({
      method: 'GET',
      url: `${url}.jpg`,
      headers: { 'if-none-match': String(second.headers.etag) },
    })
    assert.equal(again.statusCode, 304)
  })

  const refused: [string, Buffer, number][] = [
    ['no JPEG', Buffer.from('<svg onload=alert(1)>'), 422],
    ['nothing', Buffer.alloc(0), 422],
    ['one cut off', jpegOf(320, 180).subarray(0, 20), 422],
    ['one of 65500² pixels', jpegOf(65_500, 65_500), 422],
    ['one without a size', jpegOf(0, 180), 422],
    ['600 KiB', Buffer.alloc(600 * 1024, 0xff), 413],
  ]
  for (const [what, bytes, status] of refused)
    test(`[REST9] ${what} is refused`, async () => {
      const { put } = await setUp()
      assert.equal((await put(bytes)).statusCode, status)
    })

  test('[REST9] another type is 415, another key 401', async () => {
    const { put } = await setUp()
    assert.equal((await put(jpegOf(1, 1), 'image/png')).statusCode, 415)
    assert.equal((await put(jpegOf(1, 1), 'image/jpeg', 'wrong')).statusCode, 401)
  })

  test('[REST10] a size is read from the headers, whatever comes before it', () => {
    const withComment = Buffer.concat([
      Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 6, 1, 2, 3, 4, 0xff]),
      jpegOf(1280, 720).subarray(2),
    ])
    assert.deepEqual(jpegSizeOf(withComment), { width: 1280, height: 720 })
    for (let length = 0; length < withComment.length; length++)
      assert.equal(jpegSizeOf(withComment.subarray(0, length)), undefined)
  })
})
