import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertPlaying, Browser, decodedFrames, screenshot } from '../support/browser.ts'
import { CephServer } from '../support/ceph.ts'
import { eventually } from '../support/eventually.ts'
import { HlsUploaderProcess } from '../support/hls-uploader-process.ts'
import { KliegProcess } from '../support/klieg-process.ts'

/** What nobody but its client and the storage may come to know. */
const SECRETS = /aws_secret_access_key|aws_session_token/

test(
  '[E2E21] what the example uploads is live, plays through an outage of the storage, and is replayed',
  {
    timeout: 120_000,
  },
  async () => {
    await using ceph = await CephServer.start()
    const { endpoint, region, accessKeyId, secretAccessKey, roleArn } = ceph.account
    await using server = await KliegProcess.start({
      env: {
        KLIEG_S3_ENDPOINT: endpoint,
        KLIEG_S3_REGION: region,
        KLIEG_S3_BUCKET: 'live',
        KLIEG_S3_ACCESS_KEY_ID: accessKeyId,
        KLIEG_S3_SECRET_ACCESS_KEY: secretAccessKey,
        KLIEG_S3_ROLE_ARN: roleArn,
      },
    })
    await using uploader = new HlsUploaderProcess(
      ['test', '--server', server.url, '--name', 'Lecture', '--segment', '1'],
      { AWS_ENDPOINT_URL_S3: endpoint },
    )
    await eventually(
      () => uploader.streams.length === 1,
      () => uploader.log,
    )
    const id = uploader.streams[0]?.id ?? ''
    await server.untilBroadcast(id, ({ state }) => state === 'live')

    await using browser = await Browser.open()
    const viewer = await browser.page(`${server.url}/view/${id}/`)
    await assertPlaying(viewer)
    const listed = await fetch(`${server.url}/api/broadcasts?state=live`).then((response) => response.text())
    assert.match(listed, new RegExp(`"id":"${id}"`))
    assert.doesNotMatch(listed, SECRETS)
    await eventually(
      async () => (await fetch(`${server.url}/api/broadcasts/${id}/thumbnail.jpg`)).ok,
      () => `no thumbnail\n${server.log}`,
    )

    await ceph.stopGateway()
    await eventually(
      () => uploader.spooled.filter((name) => name.endsWith('.ts')).length >= 4,
      () => `${uploader.spooled.join()}\n${uploader.log}`,
    )
    assert.equal((await server.broadcast(id)).state, 'live', 'what cannot be seen is no silence')
    await ceph.startGateway()
    const before = await decodedFrames(viewer)
    await assertPlaying(viewer, { frames: 150 })
    assert.ok((await decodedFrames(viewer)) >= before + 150)
    await screenshot(viewer, 'provision-live')

    uploader.kill('SIGINT')
    assert.equal(await uploader.exited(), 0, uploader.log)
    await server.untilBroadcast(id, ({ state }) => state === 'ended')
    const replay = await browser.page(`${server.url}/view/${id}/`)
    await replay.getByRole('button', { name: 'Play', exact: true }).click()
    await assertPlaying(replay)
    await screenshot(replay, 'provision-replay')

    const playlist = await fetch(`${server.url}/hls/${id}/index.m3u8`).then((response) => response.text())
    assert.doesNotMatch(playlist, new RegExp(secretAccessKey))
    assert.doesNotMatch(server.log, SECRETS)
    assert.ok(!server.log.includes(secretAccessKey))
  },
)
