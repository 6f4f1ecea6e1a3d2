import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { readConfig } from '../../src/app/config/read-config.ts'
import { storageFinding } from '../../src/app/doctor/storage-finding.ts'
import { S3Storage } from '../../src/platform/s3/s3-storage.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { sessionPolicy } from '../../src/core/provision/session-policy.ts'
import type { StartHlsStreamResponse } from '../../src/core/provision/stream-responses.ts'
import { StsCredentials } from '../../src/platform/s3/sts-credentials.ts'
import { CephServer } from '../support/ceph.ts'
import { eventually } from '../support/eventually.ts'
import { HttpReceiver } from '../support/http-receiver.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { keysOf, StorageClient } from '../support/storage-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const BUCKET = 'live'
const REFUSED = 'AccessDenied'

let ceph: CephServer
let server: KliegProcess
let hooks: HttpReceiver
/** Two seconds each, from ffmpeg. */
let segments: readonly Buffer[]
const secrets: string[] = []

before(async () => {
  ;[ceph, hooks, segments] = await Promise.all([CephServer.start(), HttpReceiver.listen(), made()])
  const { account } = ceph
  server = await KliegProcess.start({
    env: {
      ...environment(ceph),
      KLIEG_LOG_LEVEL: 'debug',
      KLIEG_WEBHOOK_ALLOW: '127.0.0.1',
    },
  })
  secrets.push(account.secretAccessKey)
  const events = ['broadcast.created', 'broadcast.live', 'broadcast.ended']
  const hooked = await post('/api/webhooks', { url: hooks.url, events })
  assert.equal(hooked.status, 201, await hooked.text())
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await hooks[Symbol.asyncDispose]()
  await ceph[Symbol.asyncDispose]()
})

const asDisposable = <Client extends { destroy(): void }>(client: Client): Client & Disposable =>
  Object.assign(client, { [Symbol.dispose]: () => client.destroy() })

async function made(): Promise<readonly Buffer[]> {
  using folder = temporaryFolder()
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '12']
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p']
  await run('ffmpeg', [...picture, ...coded, '-f', 'hls', '-hls_time', '2', folder.file('index.m3u8')])
  return readdirSync(folder.path)
    .filter((file) => file.endsWith('.ts'))
    .toSorted()
    .map((file) => readFileSync(path.join(folder.path, file)))
}

const post = (address: string, body?: object) =>
  fetch(server.url + address, {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })

async function start(name: string): Promise<StartHlsStreamResponse> {
  const answer = await post(`/stream/start/?type=hls&name=${name}`)
  assert.equal(answer.status, 200, await answer.clone().text())
  const started = (await answer.json()) as StartHlsStreamResponse
  const { secretAccessKey, sessionToken, accessKeyId } = keysOf(started.endpoint.S3)
  secrets.push(secretAccessKey, sessionToken, accessKeyId)
  return started
}

const playlist = (first: number, count: number, end = '') =>
  [
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...Array.from({ length: count }, (_, index) => `#EXTINF:2.0,\nindex${first + index}.ts`),
    end,
  ].join('\n')

const untilState = (id: string, state: string) => server.untilBroadcast(id, (view) => view.state === state)

async function probe(address: string): Promise<string> {
  const fields = ['-show_entries', 'stream=codec_name,width', '-of', 'csv=p=0']
  return (await run('ffprobe', ['-v', 'error', ...fields, address], { timeout: 20_000 })).stdout
}

const environment = ({ account }: CephServer) => ({
  KLIEG_S3_BUCKET: BUCKET,
  KLIEG_S3_ENDPOINT: account.endpoint,
  KLIEG_S3_ACCESS_KEY_ID: account.accessKeyId,
  KLIEG_S3_SECRET_ACCESS_KEY: account.secretAccessKey,
  KLIEG_S3_ROLE_ARN: account.roleArn,
})

describe('the bucket', () => {
  const admin = () =>
    new S3Client({ ...ceph.account, credentials: ceph.account, forcePathStyle: true, maxAttempts: 1 })

  test('[PV90] is made with CORS and a lifecycle rule; one that is there stays as it is', async () => {
    using client = asDisposable(admin())
    const place = { ...ceph.account, bucket: 'made' }
    using storage = new S3Storage({ place, clock: systemClock, keepDays: 7 })
    assert.deepEqual(await storage.examine(), { isThere: false, hasCors: false })
    await storage.ready()
    assert.deepEqual(await storage.examine(), { isThere: true, hasCors: true })
    const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: 'made' }))
    assert.equal(Rules?.[0]?.Expiration?.Days, 7)
    assert.equal(Rules[0].AbortIncompleteMultipartUpload?.DaysAfterInitiation, 1)

    await client.send(new CreateBucketCommand({ Bucket: 'theirs' }))
    using theirs = new S3Storage({ place: { ...place, bucket: 'theirs' }, clock: systemClock })
    await theirs.ready()
    assert.deepEqual(await theirs.examine(), { isThere: true, hasCors: false })
  })

  test('[PV91] is closed for a stopped stream by its policy, in which everything else stays, and for no longer than needed', async () => {
    using client = asDisposable(admin())
    const clock = { now: () => now }
    let now = Date.now()
    using storage = new S3Storage({ place: { ...ceph.account, bucket: 'made' }, clock })
    await storage.ready()
    const own = {
      ...{ Sid: 'Theirs', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'] },
      Resource: ['arn:aws:s3:::made/public/*'],
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [own] })
    await client.send(new PutBucketPolicyCommand({ Bucket: 'made', Policy }))
    const statements = async (): Promise<{ Sid: string; Resource: string[] }[]> => {
      const answer = await client.send(new GetBucketPolicyCommand({ Bucket: 'made' }))
      return JSON.parse(answer.Policy ?? '').Statement
    }
    const hour = 3_600_000
    await Promise.all(['a/1', 'a/2', 'a/1'].map((path) => storage.deny(path, now + hour)))
    const [first, second] = await statements()
    assert.equal(first?.Sid, 'Theirs')
    assert.match(second?.Sid ?? '', /^KliegStopped\d+$/)
    assert.deepEqual(second?.Resource, ['arn:aws:s3:::made/a/1/*', 'arn:aws:s3:::made/a/2/*'])
    now += 2 * hour
    await storage.deny('a/3', now + hour)
    assert.deepEqual(
      (await statements()).flatMap(({ Resource }) => Resource),
      ['arn:aws:s3:::made/public/*', 'arn:aws:s3:::made/a/3/*'],
    )
  })

  test('[PV92] gives what it has by signed address, whatever its name, until that expires or is altered', async () => {
    const place = { ...ceph.account, bucket: 'made' }
    let now = Date.now()
    using storage = new S3Storage({ place, clock: { now: () => now } })
    using client = new StorageClient(ceph.account, 'made', ceph.account)
    const key = 'a/1/index 0~(1)!*_.ts'
    await client.put(key, 'media')
    const address = storage.addressOf(key, 60)
    assert.equal(await (await fetch(address)).text(), 'media')
    assert.equal(storage.addressOf(key, 60), address)
    assert.equal((await fetch(address.replace('index', 'jndex'))).status, 403)
    assert.equal((await fetch(address.replace(/Expires=\d+/, 'Expires=86400'))).status, 403)
    now -= 3_600_000
    assert.equal((await fetch(storage.addressOf(key, 60))).status, 403)
  })

  test('[PV93] is looked at by the doctor, and so is STS', async () => {
    const finding = (env: NodeJS.ProcessEnv) =>
      storageFinding(readConfig(env, '/nonexistent/klieg.config.json'))
    const settings = environment(ceph)
    assert.match((await finding({})).what, /no S3 storage/)
    assert.deepEqual(await finding({ ...settings, KLIEG_S3_BUCKET: 'made' }), {
      ok: true,
      what: 'S3 bucket made is there, and AssumeRole works',
    })
    assert.match((await finding({ ...settings, KLIEG_S3_BUCKET: 'later' })).what, /not there yet/)
    const wrong: readonly [NodeJS.ProcessEnv, RegExp][] = [
      [{ KLIEG_S3_BUCKET: 'theirs' }, /CORS/],
      [{ KLIEG_S3_SECRET_ACCESS_KEY: 'wrong' }, /keys/],
      [{ KLIEG_S3_ENDPOINT: 'http://127.0.0.1:9' }, /KLIEG_S3_ENDPOINT/],
      [{ KLIEG_S3_ROLE_ARN: '' }, /KLIEG_S3_ROLE_ARN/],
      [{ KLIEG_S3_ROLE_ARN: 'arn:aws:iam:::role/none' }, /KLIEG_S3_ROLE_ARN/],
    ]
    for (const [changes, cure] of wrong) {
      const { ok, what, cure: told } = await finding({ ...settings, ...changes })
      assert.equal(ok, false, what)
      assert.match(told ?? '', cure)
      assert.ok(!what.includes(ceph.account.secretAccessKey))
    }
  })
})

describe('a stream whose storage is provisioned', () => {
  test('[PV70] its credentials upload below its own path and do nothing else, as Ceph has it', async () => {
    const started = await start('scoped')
    const { s3_bucket_path: own } = started.endpoint.S3
    using client = StorageClient.of(ceph.account, started)
    assert.match(own, /^open\/[\w-]+$/)
    assert.equal(await client.put(`${own}/index0.ts`, 'media'), 'ok')
    assert.equal(await client.put(`${own}/part/deep.ts`, 'media'), 'ok')
    assert.equal(await client.put(`${own}x/index0.ts`, 'media'), REFUSED)
    assert.equal(await client.put(own, 'media'), REFUSED)
    assert.equal(await client.put('open/other/index0.ts', 'media'), REFUSED)
    assert.equal(await client.get(`${own}/index0.ts`), REFUSED)
    assert.equal(await client.delete(`${own}/index0.ts`), REFUSED)
    assert.equal(await client.list(), REFUSED)
  })

  test('[PV71] credentials that were altered or have expired are worth nothing', async () => {
    const started = await start('altered')
    const keys = keysOf(started.endpoint.S3)
    const key = `${started.endpoint.S3.s3_bucket_path}/index0.ts`
    const altered = [
      { ...keys, secretAccessKey: `${keys.secretAccessKey}x` },
      { ...keys, sessionToken: `A${keys.sessionToken.slice(1)}` },
      { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    ]
    for (const wrong of altered) {
      using client = new StorageClient(ceph.account, BUCKET, wrong)
      assert.notEqual(await client.put(key, 'media'), 'ok')
    }
    using sts = new StsCredentials({ place: { ...ceph.account, bucket: BUCKET } })
    const short = await sts.issue({ name: 'short', policy: sessionPolicy(BUCKET, 'open/short'), seconds: 2 })
    using client = new StorageClient(ceph.account, BUCKET, short)
    assert.equal(await client.put('open/short/a.ts', 'media'), 'ok')
    await sleep(3000)
    assert.notEqual(await client.put('open/short/a.ts', 'media'), 'ok')
  })

  test('[PV72] is live with its first playlist, plays, survives its storage, ends, and is played again', async () => {
    const started = await start('A+lecture')
    const { id } = started.stream
    const { s3_bucket_path: own } = started.endpoint.S3
    using client = StorageClient.of(ceph.account, started)
    const upload = async (index: number) => {
      assert.equal(await client.put(`${own}/index${index}.ts`, segments[index] ?? ''), 'ok')
      assert.equal(
        await client.put(`${own}/index.m3u8`, playlist(Math.max(0, index - 2), Math.min(3, index + 1))),
        'ok',
      )
    }
    assert.equal((await server.broadcast(id)).state, 'created')
    await upload(0)
    await untilState(id, 'live')
    await upload(1)
    const list = (await (await fetch(`${server.url}/api/broadcasts?state=live`)).json()) as {
      items: { id: string; title: string }[]
    }
    assert.deepEqual(
      list.items.map((item) => [item.id, item.title]),
      [[id, 'A lecture']],
    )
    const address = `${server.url}/hls/${id}/index.m3u8`
    const shown = await (await fetch(`${server.url}/hls/${id}/stored/index.m3u8`)).text()
    assert.match(
      shown,
      new RegExp(`^${ceph.account.endpoint}/live/${own}/index0.ts\\?.*X-Amz-Signature=`, 'm'),
    )
    assert.match(await probe(address), /h264,320/)

    await ceph.stopGateway()
    const isWarned = async () =>
      (await server.broadcast(id)).warnings.some(({ code }) => code === 'storage-away')
    await eventually(isWarned, () => 'nothing is said of the storage')
    assert.equal((await post('/stream/start/?type=hls')).status, 503)
    assert.equal((await fetch(address)).status, 200)
    await ceph.startGateway()
    await upload(2)
    await eventually(
      async () => !(await isWarned()),
      () => 'the storage is still away',
    )
    const isShown = async () =>
      /index2\.ts/.test(await (await fetch(`${server.url}/hls/${id}/stored/index.m3u8`)).text())
    await eventually(isShown, () => 'what came after the outage is not shown')
    assert.equal((await server.broadcast(id)).state, 'live')

    const refreshed = (await (await post('/stream/refresh/', { id })).json()) as StartHlsStreamResponse
    secrets.push(...Object.values(keysOf(refreshed.endpoint.S3)))
    assert.equal(refreshed.endpoint.S3.s3_bucket_path, own)
    using again = StorageClient.of(ceph.account, refreshed)
    assert.equal(await again.put(`${own}/vod.m3u8`, playlist(0, 3)), 'ok')

    const stopped = await post(`/stream/stop/?id=${id}`)
    assert.equal(stopped.status, 200)
    const { stream } = (await stopped.json()) as { stream: Record<string, string> }
    assert.match(stream['stop_date'] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.equal((await server.broadcast(id)).state, 'ended')
    assert.equal((await post(`/stream/stop/?id=${id}`)).status, 409)
    assert.equal((await post(`/stream/refresh/?id=${id}`)).status, 409)
    for (const left of [client, again]) assert.equal(await left.put(`${own}/index9.ts`, 'media'), REFUSED)

    const replay = await (await fetch(`${server.url}/hls/${id}/stored/index.m3u8`)).text()
    assert.match(replay, /index0\.ts.*index2\.ts.*#EXT-X-ENDLIST\n$/s)
    assert.match(await probe(address), /h264,320/)
  })

  test('[PV41] is over with ENDLIST, and can be stopped all the same', async () => {
    const started = await start('ended')
    const { id } = started.stream
    const { s3_bucket_path: own } = started.endpoint.S3
    using client = StorageClient.of(ceph.account, started)
    await client.put(`${own}/index0.ts`, segments[0] ?? '')
    await client.put(`${own}/index.m3u8`, playlist(0, 1))
    await untilState(id, 'live')
    await client.put(`${own}/index.m3u8`, playlist(0, 1, '#EXT-X-ENDLIST'))
    await untilState(id, 'ended')
    assert.equal((await post(`/stream/stop/?id=${id}`)).status, 200)
  })

  test('[PV73] neither log, events, webhooks nor answers to viewers know a credential', async () => {
    assert.ok(secrets.length > 6)
    const answers = await Promise.all(
      ['/api/broadcasts?of=all', '/api/admin/settings', '/api/audit-log', '/openapi.json'].map(
        async (address) => (await fetch(server.url + address)).text(),
      ),
    )
    const events = await fetch(`${server.url}/api/events`)
    const reader = events.body?.getReader()
    const first = await reader?.read()
    await reader?.cancel()
    answers.push(new TextDecoder().decode(first?.value as Uint8Array | undefined))
    await eventually(
      () => hooks.received.length >= 6,
      () => `${hooks.received.length} webhooks`,
    )
    const told = [server.log, ...answers, ...hooks.received.map(({ body }) => body)].join('\n')
    assert.match(told, /"stream\.start"/)
    for (const secret of secrets) assert.ok(!told.includes(secret), `${secret.slice(0, 4)}… is told`)
  })
})
