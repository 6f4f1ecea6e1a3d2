import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sessionPolicy } from '../../core/provision/session-policy.ts'
import { BroadcastError } from '../../core/errors.ts'
import { HttpReceiver } from '../../../test/support/http-receiver.ts'
import { StsCredentials } from './sts-credentials.ts'

const KEYS = { accessKeyId: 'permanent-key', secretAccessKey: 'permanent-secret' }
const WISH = { name: 'klieg-s1', policy: sessionPolicy('live', 'anna/s1'), seconds: 3600 }

const answered = (action: string, credentials: string) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${credentials}</${action}Result>` +
  `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`
const CREDENTIALS =
  '<Credentials><AccessKeyId>temporary</AccessKeyId><SecretAccessKey>hidden</SecretAccessKey>' +
  '<SessionToken>token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>'
const REFUSED =
  '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
  '<Message>permanent-secret</Message></Error><RequestId>1</RequestId></ErrorResponse>'

describe('temporary credentials', () => {
  let sts: HttpReceiver
  before(async () => {
    sts = await HttpReceiver.listen()
  })
  after(() => sts[Symbol.asyncDispose]())
  beforeEach(() => sts.received.splice(0))

  const answers = (status: number, body: string) => {
    sts.answer = (_request, response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body)
  }
  const open = (roleArn?: string) =>
    new StsCredentials({
      place: {
        ...KEYS,
        bucket: 'live',
        region: 'us-east-1',
        stsEndpoint: `http://127.0.0.1:${sts.port}`,
        roleArn,
      },
    })

  test('[PV20] without a role they come from GetFederationToken, limited by the policy', async () => {
    answers(200, answered('GetFederationToken', CREDENTIALS))
    using credentials = open()
    assert.deepEqual(await credentials.issue(WISH), {
      accessKeyId: 'temporary',
      secretAccessKey: 'hidden',
      sessionToken: 'token',
    })
    const asked = new URLSearchParams(sts.received[0]?.body)
    assert.equal(asked.get('Action'), 'GetFederationToken')
    assert.equal(asked.get('Name'), 'klieg-s1')
    assert.equal(asked.get('Policy'), WISH.policy)
    assert.equal(asked.get('DurationSeconds'), '3600')
    assert.match(sts.received[0]?.headers.authorization ?? '', /^AWS4-HMAC-SHA256 Credential=permanent-key\//)
  })

  test('[PV21] with a role they come from AssumeRole, limited by the same policy', async () => {
    answers(200, answered('AssumeRole', CREDENTIALS))
    using credentials = open('arn:aws:iam::123456789012:role/broadcaster')
    await credentials.issue(WISH)
    const asked = new URLSearchParams(sts.received[0]?.body)
    assert.equal(asked.get('Action'), 'AssumeRole')
    assert.equal(asked.get('RoleArn'), 'arn:aws:iam::123456789012:role/broadcaster')
    assert.equal(asked.get('RoleSessionName'), 'klieg-s1')
    assert.equal(asked.get('Policy'), WISH.policy)
  })

  test('[PV22] what STS refuses or does not answer is storage-unavailable, in words without secrets', async () => {
    const failures = [
      () => answers(403, REFUSED),
      () =>
        answers(
          200,
          answered('GetFederationToken', CREDENTIALS.replace(/<SessionToken>.*<\/SessionToken>/, '')),
        ),
      () => answers(503, 'busy'),
      () => (sts.answer = (request) => request.socket.destroy()),
    ]
    using credentials = open()
    for (const fail of failures) {
      fail()
      await assert.rejects(
        credentials.issue(WISH),
        (error: unknown) =>
          error instanceof BroadcastError &&
          error.code === 'storage-unavailable' &&
          !/permanent|hidden|temporary-/.test(error.message),
      )
    }
  })
})
