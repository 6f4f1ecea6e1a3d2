import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import type { S3Endpoint, Stream } from '../../examples/hls-uploader/provisioned-stream.ts'
import { Storage } from '../../examples/hls-uploader/storage.ts'
import { CephServer } from '../support/ceph.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/
const [ADA, BERT] = ['Bearer key-of-ada', 'Bearer key-of-bert']

type Answer = {
  success: boolean
  code?: string
  response?: { stream: Stream; endpoint?: { S3: S3Endpoint } }
}

let ceph: CephServer
before(async () => {
  ceph = await CephServer.start()
})
after(() => ceph[Symbol.asyncDispose]())

for (const name of ['express', 'fastify'])
  describe(`examples/${name}/broadcast.ts`, () => {
    let example: ChildProcess
    let url: string

    before(async () => {
      const { endpoint, accessKeyId, secretAccessKey, roleArn } = ceph.account
      example = spawn(
        process.execPath,
        ['--import', './examples/from-source.js', path.join('examples', name, 'broadcast.ts')],
        {
          cwd: ROOT,
          env: {
            ...process.env,
            PORT: '0',
            BROADCAST_AWS_ACCESS_KEY: accessKeyId,
            BROADCAST_AWS_ACCESS_SECRET: secretAccessKey,
            BROADCAST_S3_BUCKET: `of-${name}`,
            BROADCAST_S3_ENDPOINT: endpoint,
            BROADCAST_ROLE_ARN: roleArn,
          },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      assert.ok(example.stdout)
      ;[url] = (await once(createInterface(example.stdout), 'line')) as [string]
    })
    after(async () => {
      example.kill()
      await once(example, 'exit')
    })

    async function post(
      where: string,
      { as = ADA, json }: { as?: string; json?: object } = {},
    ): Promise<Answer & { status: number }> {
      const response = await fetch(`${url}stream/${where}`, {
        method: 'POST',
        headers: { authorization: as, ...(json && { 'content-type': 'application/json' }) },
        body: json ? JSON.stringify(json) : null,
      })
      return { status: response.status, ...((await response.json()) as Answer) }
    }

    test('[BL5] start, upload with what it gave, stop; then the credentials are of no use', async () => {
      const started = await post('start/?name=some_name&type=hls')
      assert.deepEqual([started.status, started.success], [200, true])
      const { stream, endpoint } = started.response ?? {}
      assert.ok(stream && endpoint)
      assert.equal(stream.name, 'some_name')
      assert.match(stream.start_date, DATE)
      const s3 = endpoint.S3
      assert.deepEqual(Object.keys(s3).sort(), [
        'aws_access_key_id',
        'aws_expiration',
        'aws_secret_access_key',
        'aws_session_token',
        's3_bucket_name',
        's3_bucket_path',
        's3_bucket_region',
      ])
      assert.equal(s3.s3_bucket_path, `ada/${stream.id}`)
      assert.ok(s3.aws_expiration > 3590 && s3.aws_expiration <= 3600)

      const never = () => Promise.reject(new Error('not asked for'))
      const at = (s3_bucket_path: string) =>
        new Storage({ ...s3, s3_bucket_path }, never, ceph.account.endpoint)
      const segment = { name: 'segment.ts', body: 'x' }
      await at(s3.s3_bucket_path).put(segment)
      await assert.rejects(at(`${s3.s3_bucket_path}1`).put(segment), /403/)
      await assert.rejects(at('bert/other').put(segment), /403/)

      const stopped = await post(`stop/?id=${stream.id}`)
      assert.equal(stopped.status, 200)
      assert.deepEqual(Object.keys(stopped.response?.stream ?? {}), ['id', 'name', 'start_date', 'stop_date'])
      assert.match(stopped.response?.stream.stop_date ?? '', DATE)
      await assert.rejects(at(s3.s3_bucket_path).put(segment), /403/)
    })

    test('[BL5] parameters in the body, and all that is refused', async () => {
      const started = await post('start/', { json: { name: 'x' } })
      const id = started.response?.stream.id ?? ''
      const refused = [
        [await post('start/', { as: '' }), 403, 'not-allowed'],
        [await post('start/?name=a', { json: { name: 'b' } }), 400, 'bad-request'],
        [await post('stop/'), 400, 'bad-request'],
        [await post('stop/?id=none'), 404, 'stream-not-found'],
        [await post('stop/', { as: BERT, json: { id } }), 403, 'not-allowed'],
      ] as const
      for (const [answer, status, code] of refused)
        assert.deepEqual([answer.status, answer.code, answer.success], [status, code, false])
      assert.equal((await post('stop/', { json: { id } })).status, 200)
      assert.equal((await post('stop/', { json: { id } })).code, 'stream-stopped')
    })
  })
