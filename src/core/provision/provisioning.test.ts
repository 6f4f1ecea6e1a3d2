import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeStreamStore } from '../../../test/support/fake-stream-store.ts'
import { FakeTemporaryCredentials } from '../../../test/support/fake-temporary-credentials.ts'
import { readBroadcastSettings } from './broadcast-settings.ts'
import { Provisioning } from './provisioning.ts'
import { prepareStartHlsStreamResponse, prepareStopStreamResponse } from './stream-responses.ts'

const OWNER = { by: { ownerId: 'anna' } }

function setUp(options: { seconds?: number } = {}) {
  const clock = new FakeClock(Date.UTC(2015, 9, 22, 15, 27, 40))
  const streams = new FakeStreamStore()
  const credentials = new FakeTemporaryCredentials()
  const provisioning = new Provisioning({
    ...{ streams, credentials, clock, ...options },
    ...{ bucket: 'live', region: 'us-west-1' },
  })
  return { clock, streams, credentials, provisioning }
}

describe('provisioned streams', () => {
  test('[PV1] the answer to a start has the stream and the seven keys of its storage', async () => {
    const { provisioning } = setUp()
    const started = await provisioning.startStream({ type: 'hls', name: 'some_name', ownerId: 'anna' })
    assert.deepEqual(prepareStartHlsStreamResponse(started), {
      stream: { id: 'stream-1', name: 'some_name', start_date: '2015-10-22 15:27:40' },
      endpoint: {
        S3: {
          aws_access_key_id: 'temporary-1',
          aws_secret_access_key: 'temporary-secret-1',
          aws_session_token: 'temporary-token-1',
          aws_expiration: 3600,
          s3_bucket_name: 'live',
          s3_bucket_path: 'anna/stream-1',
          s3_bucket_region: 'us-west-1',
        },
      },
    })
  })

  test('[PV2] the answer to a stop has the dates of its beginning and end, in GMT', async () => {
    const { provisioning, clock, credentials } = setUp()
    await provisioning.startHlsStream({ ownerId: 'anna' })
    clock.advance(3_600_000)
    assert.deepEqual(prepareStopStreamResponse(await provisioning.stopStream({ id: 'stream-1', ...OWNER })), {
      stream: {
        id: 'stream-1',
        name: '',
        start_date: '2015-10-22 15:27:40',
        stop_date: '2015-10-22 16:27:40',
      },
    })
    assert.deepEqual(credentials.revoked, ['anna/stream-1'])
  })

  test('[PV3] any other type is refused, and the answer names those that there are', async () => {
    const { provisioning, streams } = setUp()
    for (const type of ['rtmp', '', undefined, 'HLS', 'toString'])
      await assert.rejects(provisioning.startStream({ type, ownerId: 'anna' }), {
        code: 'unknown-stream-type',
        message: 'type must be one of: hls',
      })
    assert.equal(streams.streams.size, 0)
  })

  test('[PV4] credentials put into the path of their stream and abort there, and do nothing else', async () => {
    const { provisioning, credentials } = setUp()
    await provisioning.startStream({ type: 'hls', ownerId: 'anna' })
    assert.deepEqual(JSON.parse(credentials.requests[0]?.policy ?? ''), {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
          Resource: 'arn:aws:s3:::live/anna/stream-1/*',
        },
      ],
    })
  })

  test('[PV5] an owner whose id would widen the policy is refused, and leaves no stream', async () => {
    const { provisioning, streams, credentials } = setUp()
    for (const ownerId of ['*', 'a?', '${aws:username}', 'a/b', '..', '.', '', 'ä', 'x'.repeat(129)])
      await assert.rejects(provisioning.startStream({ type: 'hls', ownerId }), { code: 'bad-id' })
    assert.equal(streams.streams.size, 0)
    assert.equal(credentials.requests.length, 0)
  })

  test('[PV6] credentials hold for 900 s to 36 h, whatever is configured', async () => {
    for (const [seconds, allowed] of [
      [1, 900],
      [1000.9, 1000],
      [1e9, 129_600],
    ] as const) {
      const { provisioning, credentials, streams, clock } = setUp({ seconds })
      const { storage } = await provisioning.startStream({ type: 'hls', ownerId: 'anna' })
      assert.equal(credentials.requests[0]?.seconds, allowed)
      assert.equal(storage.expiresIn, allowed)
      assert.equal(streams.until.get('stream-1'), clock.now() + allowed * 1000)
    }
  })

  test('[PV7] a stream that nothing could be provisioned for has never been', async () => {
    const { provisioning, streams, credentials } = setUp()
    credentials.isDown = true
    await assert.rejects(provisioning.startStream({ type: 'hls', ownerId: 'anna' }), {
      code: 'storage-unavailable',
    })
    assert.equal(streams.streams.size, 0)
  })

  test('[PV8] new credentials are for the same stream and the same path', async () => {
    const { provisioning, credentials, clock } = setUp()
    const first = await provisioning.startStream({ type: 'hls', ownerId: 'anna' })
    clock.advance(3_000_000)
    const { stream, storage } = await provisioning.refreshStream({ id: first.stream.id, ...OWNER })
    assert.deepEqual(stream, first.stream)
    assert.equal(storage.path, first.storage.path)
    assert.equal(storage.expiresIn, 3600)
    assert.notEqual(storage.sessionToken, first.storage.sessionToken)
    assert.equal(credentials.requests[1]?.policy, credentials.requests[0]?.policy)
  })

  test('[PV9] only its owner stops a stream or gets new credentials, while it runs', async () => {
    const { provisioning } = setUp()
    const { stream } = await provisioning.startStream({ type: 'hls', ownerId: 'anna' })
    const { id } = stream
    for (const call of ['stopStream', 'refreshStream'] as const) {
      const ask = (wish: Parameters<Provisioning[typeof call]>[0]) => provisioning[call](wish)
      await assert.rejects(ask({ id: undefined, ...OWNER }), { code: 'bad-request' })
      await assert.rejects(ask({ id: '', ...OWNER }), { code: 'bad-request' })
      await assert.rejects(ask({ id: 'stream-9', ...OWNER }), { code: 'stream-not-found' })
      await assert.rejects(ask({ id, by: { ownerId: 'bert' } }), { code: 'not-allowed' })
      await assert.rejects(ask({ id, by: { ownerId: null } }), { code: 'not-allowed' })
    }
    await provisioning.stopStream({ id, by: 'authorised' })
    await assert.rejects(provisioning.stopStream({ id, ...OWNER }), { code: 'stream-stopped' })
    await assert.rejects(provisioning.refreshStream({ id, ...OWNER }), { code: 'stream-stopped' })
  })
})

describe('the settings of an application', () => {
  const S3 = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'top-secret', BUCKET: 'live' }
  const STREAM_MODEL = new FakeStreamStore()

  test('[PV10] settings of the names that are known are read', () => {
    assert.deepEqual(readBroadcastSettings({ STREAM_MODEL, S3 }), { STREAM_MODEL, S3 })
    const more = {
      ...S3,
      REGION: 'eu-west-1',
      ENDPOINT: 'https://s3.example.org',
      ROLE_ARN: 'arn:aws:iam::1:role/live',
      EXPIRATION: 900,
    }
    assert.deepEqual(readBroadcastSettings({ STREAM_MODEL, S3: more }).S3, more)
  })

  test('[PV11] a setting that is wrong, missing or unknown is named, and no secret shown', () => {
    const wrong: readonly [unknown, RegExp][] = [
      [undefined, /BROADCAST_SETTINGS is missing/],
      [{ S3 }, /STREAM_MODEL is missing/],
      [{ STREAM_MODEL: { create() {} }, S3 }, /no method find/],
      [{ STREAM_MODEL }, /S3 is missing/],
      [{ STREAM_MODEL, S3, AZURE: {} }, /knows no AZURE/],
      [{ STREAM_MODEL, S3: { ...S3, BUCKET: '' } }, /S3\.BUCKET is missing/],
      [{ STREAM_MODEL, S3: { ...S3, BUCKET: 'a/*' } }, /S3\.BUCKET must be/],
      [{ STREAM_MODEL, S3: { ...S3, SECRET: 'x' } }, /S3 knows no SECRET/],
      [{ STREAM_MODEL, S3: { ...S3, ENDPOINT: 'ftp://x' } }, /S3\.ENDPOINT must be like/],
      [{ STREAM_MODEL, S3: { ...S3, REGION: 7 } }, /S3\.REGION must be a text/],
      [{ STREAM_MODEL, S3: { ...S3, EXPIRATION: 899 } }, /S3\.EXPIRATION must be 900 to 129600/],
    ]
    for (const [settings, message] of wrong)
      assert.throws(
        () => readBroadcastSettings(settings),
        (error: unknown) =>
          error instanceof TypeError && message.test(error.message) && !error.message.includes('top-secret'),
      )
  })
})
