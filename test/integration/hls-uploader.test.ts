import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { HlsUploaderProcess } from '../support/hls-uploader-process.ts'
import { ProvisioningServer } from '../support/provisioning-server.ts'

async function setUp(stack: AsyncDisposableStack, args: readonly string[] = []) {
  const server = stack.use(await ProvisioningServer.listen())
  const uploader = stack.use(
    new HlsUploaderProcess(['--server', server.url, '--segment', '1', ...args], {
      AWS_ENDPOINT_URL_S3: server.url,
      KLIEG_API_KEY: 'key-of-ada',
    }),
  )
  const untilSegments = (count: number) =>
    eventually(
      () => (segmentsIn(server.playlist('index.m3u8')).at(-1) ?? '') >= nameOf(count - 1),
      () => `${uploader.log}\n${server.uploads.join('\n')}\n${server.faults.join('\n')}`,
      30,
    )
  return { server, uploader, untilSegments }
}

const nameOf = (index: number) => `segment-${String(index).padStart(6, '0')}.ts`
const segmentsIn = (playlist: string) => playlist.split('\n').filter((line) => /^segment/.test(line))

describe('examples/hls-uploader', { concurrency: 3 }, () => {
  test('[HU1] uploads segments, then playlists, then stops', { timeout: 60_000 }, async () => {
    await using stack = new AsyncDisposableStack()
    const { server, uploader, untilSegments } = await setUp(stack, ['--name', 'Lecture'])
    await untilSegments(8)

    uploader.kill('SIGTERM')
    assert.equal(await uploader.exited(), 0, uploader.log)

    assert.deepEqual(server.faults, [])
    assert.deepEqual(
      server.calls.map(({ verb, parameters, authorization }) => [verb, parameters, authorization]),
      [
        ['start', { type: 'hls', name: 'Lecture' }, 'Bearer key-of-ada'],
        ['stop', { id: 'stream-1' }, 'Bearer key-of-ada'],
      ],
    )
    const [live, replay] = [server.playlist('index.m3u8'), server.playlist('vod.m3u8')]
    assert.match(live, /#EXT-X-MEDIA-SEQUENCE:[1-9]/)
    assert.equal(segmentsIn(live).length, 6)
    assert.equal(segmentsIn(replay)[0], nameOf(0))
    assert.deepEqual(segmentsIn(replay).slice(-6), segmentsIn(live))
    for (const playlist of [live, replay]) assert.match(playlist, /#EXT-X-ENDLIST\n$/)
    assert.equal(uploader.streams[1]?.stop_date, '2015-10-22 16:27:40')
    const thumbnail = server.objects.get('thumb.jpg')
    assert.deepEqual(Buffer.from(thumbnail ?? '').subarray(0, 2), Buffer.of(0xff, 0xd8))
    assert.deepEqual(uploader.spooled, [], 'nothing stays on disk')
  })

  test(
    '[HU2] new credentials before the old ones end, and when they are refused',
    { timeout: 60_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const { server, uploader, untilSegments } = await setUp(stack)
      await untilSegments(1)
      assert.equal(server.callsOf('refresh'), 0)

      server.expireCredentials()
      server.expiration = 3
      await untilSegments(8)

      assert.ok(server.callsOf('refresh') >= 3, `${server.callsOf('refresh')}\n${uploader.log}`)
      assert.equal(uploader.log.match(/ExpiredToken/g)?.length, 1, uploader.log)
      assert.deepEqual(server.faults, [])
    },
  )

  test('[HU3] while the storage is away segments wait on disk', { timeout: 60_000 }, async () => {
    await using stack = new AsyncDisposableStack()
    const { server, uploader, untilSegments } = await setUp(stack)
    await untilSegments(2)

    server.storageIsAway = true
    const before = server.uploads.length
    await eventually(
      () => uploader.spooled.filter((name) => /^segment.*ts$/.test(name)).length >= 5,
      () => uploader.spooled.join('\n'),
    )
    assert.equal(server.uploads.length, before)
    server.storageIsAway = false
    await untilSegments(8)
    uploader.kill('SIGINT')
    assert.equal(await uploader.exited(), 0, uploader.log)

    assert.deepEqual(server.faults, [])
    const replay = segmentsIn(server.playlist('vod.m3u8'))
    assert.deepEqual(
      replay,
      replay.map((_, index) => nameOf(index)),
      'none is missing',
    )
    assert.doesNotMatch(server.playlist('vod.m3u8'), /GAP/)
  })

  test('[HU4] what waited for too long is a gap', { timeout: 60_000 }, async () => {
    await using stack = new AsyncDisposableStack()
    const { server, uploader, untilSegments } = await setUp(stack, ['--spool', '2'])
    await untilSegments(1)

    server.storageIsAway = true
    await eventually(
      () => uploader.log.includes('given up'),
      () => uploader.log,
      20,
    )
    server.storageIsAway = false
    await untilSegments(12)
    uploader.kill('SIGINT')
    await uploader.exited()

    assert.deepEqual(server.faults, [])
    const replay = server.playlist('vod.m3u8')
    const gaps = [...replay.matchAll(/#EXT-X-GAP\n(.*)/g)].map(([, name = '']) => name)
    assert.ok(gaps.length > 0, replay)
    for (const name of gaps) assert.ok(!server.objects.has(name), name)
  })

  test(
    '[HU5] ffmpeg that dies is started again, and goes on after a discontinuity',
    { timeout: 60_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const { server, uploader, untilSegments } = await setUp(stack)
      await untilSegments(2)

      process.kill(uploader.encoderPid, 'SIGKILL')
      await untilSegments(5)

      assert.deepEqual(server.faults, [])
      assert.match(server.playlist('index.m3u8'), /#EXT-X-DISCONTINUITY\n/)
    },
  )

  test(
    '[HU6] ends when the stream was stopped elsewhere, and without success when ffmpeg cannot read',
    { timeout: 60_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const { server, uploader, untilSegments } = await setUp(stack)
      await untilSegments(1)
      server.stopped = true
      server.expireCredentials()
      assert.equal(await uploader.exited(), 0)
      assert.match(uploader.log, /stopped elsewhere/)

      const other = await setUp(stack, ['no-such-film.mp4'])
      assert.equal(await other.uploader.exited(), 1)
      assert.match(other.uploader.log, /no-such-film\.mp4/)
      assert.equal(other.server.callsOf('stop'), 1)
    },
  )
})
