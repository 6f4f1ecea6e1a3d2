import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeStreamStore } from '../../../test/support/fake-stream-store.ts'
import {
  type BroadcastSettings,
  refreshStream,
  startHlsStream,
  startStream,
  stopStream,
  StreamRefused,
} from './broadcast.ts'

const USER = { id: 7 }

/** With a storage that is not there: nothing here gets as far, or is about that. */
function setUp() {
  const streams = new FakeStreamStore()
  const settings: BroadcastSettings = {
    STREAM_MODEL: streams,
    S3: {
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'top-secret',
      BUCKET: 'live',
      ENDPOINT: 'http://127.0.0.1:9',
    },
  }
  return { streams, settings }
}

describe('klieg/broadcast', () => {
  test('[BL2] what is refused has a code, and the status that a server answers with', async () => {
    const { settings, streams } = setUp()
    const { id } = await streams.create({ ownerId: '8', name: '', startDate: 0 })
    const hls = { query: { type: 'hls' } }
    const refusals: [() => Promise<unknown>, number, string][] = [
      [() => startStream({ settings, request: hls, user: undefined }), 403, 'not-allowed'],
      [() => startHlsStream({ settings, request: {}, user: null }), 403, 'not-allowed'],
      [
        () => startStream({ settings, request: { query: { type: 'rtmp' } }, user: USER }),
        400,
        'unknown-stream-type',
      ],
      [() => startStream({ settings, request: {}, user: USER }), 400, 'unknown-stream-type'],
      [
        () => startStream({ settings, request: { ...hls, body: { type: 'x' } }, user: USER }),
        400,
        'bad-request',
      ],
      [() => startStream({ settings, request: hls, user: { id: '*' } }), 400, 'bad-id'],
      [() => startStream({ settings, request: hls, user: USER }), 503, 'storage-unavailable'],
      [() => stopStream({ settings, request: {}, user: USER }), 400, 'bad-request'],
      [
        () => stopStream({ settings, request: { query: { id: 'none' } }, user: USER }),
        404,
        'stream-not-found',
      ],
      [() => stopStream({ settings, request: { query: { id } }, user: USER }), 403, 'not-allowed'],
      [() => refreshStream({ settings, request: { body: { id } }, user: undefined }), 403, 'not-allowed'],
    ]
    for (const [call, statusCode, code] of refusals)
      await assert.rejects(call(), (error: unknown) => {
        assert.ok(error instanceof StreamRefused)
        assert.deepEqual([error.statusCode, error.code], [statusCode, code])
        assert.doesNotMatch(String(error.stack), /top-secret/)
        return true
      })
    assert.equal(streams.streams.size, 1, 'what was refused left no stream')
  })

  test('[BL3] a stream is stopped, with a warning where its credentials could not be taken back', async () => {
    const { settings, streams } = setUp()
    const { id } = await streams.create({ ownerId: '7', name: 'Lecture', startDate: 0 })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))

    const stream = await stopStream({ settings, request: { query: { id } }, user: USER })

    assert.ok(stream.stopDate)
    const warning = (await warned) as NodeJS.ErrnoException
    assert.equal(warning.code, 'KLIEG_REVOKE')
    assert.match(warning.message, new RegExp(id))
    assert.doesNotMatch(warning.message, /top-secret/)
    await assert.rejects(stopStream({ settings, request: { query: { id } }, user: USER }), {
      statusCode: 409,
    })
  })

  test('[BL4] settings that are wrong are a TypeError that names what is wrong', async () => {
    const { settings } = setUp()
    const wrong = { ...settings, S3: { ...settings.S3, BUCKET: '' } }
    await assert.rejects(startHlsStream({ settings: wrong, request: {}, user: USER }), {
      name: 'TypeError',
      message: 'S3.BUCKET is missing',
    })
  })
})
