import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { describe, test } from 'node:test'
import { ANYBODY, type LibraryReader } from '../../core/library.ts'
import { replayRig } from '../../../test/support/replay-rig.ts'
import { assertDecodes } from '../../../test/support/recording-crash.ts'
import { downloadDisposition } from './download-name.ts'

const range = (value: string) => ({ headers: { range: value } })

describe('/recordings/:id', () => {
  test('[RC70] the replay decodes over HTTP, from its playlists and ranges of its files', async () => {
    await using rig = await replayRig({ ids: ['v0', 'v1', 'a0'] })
    const index = await fetch(rig.address('index.m3u8'))
    assert.equal(index.headers.get('content-type'), 'application/vnd.apple.mpegurl')
    assert.equal(index.headers.get('cache-control'), 'public, max-age=60')
    assert.equal(index.headers.get('access-control-allow-origin'), '*')
    assert.equal((await index.text()).match(/#EXT-X-STREAM-INF/g)?.length, 2)

    const packed = await fetch(rig.address('v0.m3u8'), { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(packed.headers.get('content-encoding'), 'gzip')
    const playlist = await packed.text()
    assert.match(playlist, /#EXT-X-ENDLIST/)
    const [, size = '', offset = ''] = /#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(playlist) ?? []
    const segment = await fetch(
      rig.address('v0-0.mp4'),
      range(`bytes=${offset}-${Number(offset) + Number(size) - 1}`),
    )
    assert.equal(segment.status, 206)
    assert.equal(segment.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    const bytes = Buffer.from(await segment.arrayBuffer())
    assert.ok(
      bytes.equals(
        readFileSync(rig.file('v0-0.mp4')).subarray(Number(offset), Number(offset) + Number(size)),
      ),
    )
    await assertDecodes(rig.address('index.m3u8'))
  })

  test('[RC71] one file is made once for all who ask, and sent whole, by range or by its head alone', async () => {
    await using rig = await replayRig({ title: 'Ünï "1/2"\r\nx: y' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(rig.address('video.mp4'))))
    const bodies = await Promise.all(answers.map(async (one) => Buffer.from(await one.arrayBuffer())))
    assert.equal(rig.mp4.made, 1)
    const whole = readFileSync(rig.file('video.mp4'))
    for (const [index, body] of bodies.entries()) {
      assert.equal(answers[index]?.status, 200)
      assert.ok(body.equals(whole))
    }
    const [first] = answers
    assert.equal(first?.headers.get('content-type'), 'video/mp4')
    assert.match(first.headers.get('content-disposition') ?? '', /^attachment; filename="Uni 1 2 x y\.mp4"/)

    const part = await fetch(rig.address('video.mp4'), range('bytes=10-19'))
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), `bytes 10-19/${whole.length}`)
    assert.ok(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10, 20)))
    const tag = part.headers.get('etag') ?? ''
    const same = await fetch(rig.address('video.mp4'), { headers: { 'if-none-match': tag } })
    assert.equal(same.status, 304)
    const beyond = await fetch(rig.address('video.mp4'), range(`bytes=${whole.length}-`))
    assert.equal(beyond.status, 416)
    assert.equal(((await beyond.json()) as { code: string }).code, 'range-not-satisfiable')
    const head = await fetch(rig.address('video.mp4'), { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), String(whole.length))
  })

  test('[RC72] while it is recorded the replay grows, nothing of it is kept by caches, and there is no one file', async () => {
    await using rig = await replayRig({ live: true })
    const before = await (await fetch(rig.address('v0.m3u8'))).text()
    assert.match(before, /TYPE:EVENT/)
    rig.publisher.play(4)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const answer = await fetch(rig.address('v0.m3u8'))
    assert.equal(answer.headers.get('cache-control'), 'no-cache')
    const after = await answer.text()
    assert.ok(after.startsWith(before.trimEnd()) && after.length > before.length)
    assert.equal(
      (await fetch(rig.address('v0-0.mp4'), range('bytes=0-99'))).headers.get('cache-control'),
      'no-cache',
    )

    const video = await fetch(rig.address('video.mp4'))
    assert.equal(video.status, 409)
    assert.equal(video.headers.get('retry-after'), '10')
  })

  test('[RC73] nothing is served but the files that the journals name', async () => {
    await using rig = await replayRig()
    for (const name of [
      'recording.json',
      'v0.journal',
      'v0-1.mp4',
      'v9.m3u8',
      'v0-00.mp4x',
      '..%2f..%2fklieg.sqlite',
      '%2e%2e%2frecording.json',
      'video.mp4.tmp',
      'v0-0.mp4%00',
    ]) {
      const { status } = await fetch(rig.address(name))
      assert.ok(status === 404 || status === 400, `${name}: ${status}`)
    }
    assert.equal((await fetch(`${rig.url}/recordings/..%2f..%2fetc/index.m3u8`)).status, 404)
  })

  test('[RC74] a recording of a private broadcast is for whoever may watch that, and for no cache', async () => {
    await using rig = await replayRig({ open: false, visibility: 'private' })
    const names = ['index.m3u8', 'v0.m3u8', 'v0-0.mp4', 'video.mp4', 'poster.jpg']
    const api = `${rig.url}/api/recordings/${rig.id}`
    const unknown = await (await fetch(api.slice(0, -1))).text()
    for (const address of [...names.map(rig.address), api]) {
      const answer = await fetch(address)
      assert.equal(answer.status, 404, address)
      assert.equal(await answer.text(), unknown, 'nobody learns that it is there')
    }

    const { token } = await rig.viewerToken('b1')
    for (const name of names.slice(0, -1)) {
      const answer = await fetch(rig.address(`${name}?token=${token}`))
      assert.equal(answer.status, 200, name)
      assert.equal(answer.headers.get('cache-control'), 'private, no-store', name)
      await answer.arrayBuffer()
    }
    assert.equal((await fetch(`${api}?token=${token}`)).status, 200)
    assert.equal(await rig.source.get(rig.id), undefined)
  })

  test('[RC89] its playlists carry a pass, by which all of it is fetched until the token is taken back', async () => {
    await using rig = await replayRig({ open: false, visibility: 'private' })
    const { id, token } = await rig.viewerToken('b1')
    const list = await (await fetch(rig.address(`index.m3u8?token=${token}`))).text()
    assert.ok(!list.includes(token), 'the token itself goes no further')
    const address = /^v0\.m3u8\?session=\S+$/m.exec(list)?.[0] ?? ''
    const media = await (await fetch(rig.address(address))).text()
    const addresses = [...media.matchAll(/^([^#\s]\S*)$|URI="([^"]+)"/gm)].map(([, a, b]) => a ?? b ?? '')
    assert.ok(addresses.length > 1)
    for (const each of addresses) assert.equal((await fetch(rig.address(each))).status, 200, each)

    await rig.shares.revoke('b1', id)
    const late = await fetch(rig.address(addresses.at(-1) ?? ''))
    assert.equal(late.status, 401)
    assert.equal(((await late.json()) as { code: string }).code, 'token-expired')
    assert.equal((await fetch(rig.address('v0-0.mp4?session=made-up'))).status, 404)
  })

  test('[RC75] the poster is its first picture, else the thumbnail of the broadcast', async () => {
    await using rig = await replayRig()
    rig.probe.isThere = false
    assert.equal((await fetch(rig.address('poster.jpg'))).status, 404)
    const broadcast = await rig.broadcasts.get('b1')
    broadcast.setThumbnail(Buffer.from('thumbnail'))
    assert.equal(await (await fetch(rig.address('poster.jpg'))).text(), 'thumbnail')

    rig.probe.isThere = true
    const poster = await fetch(rig.address('poster.jpg'))
    assert.equal(poster.headers.get('content-type'), 'image/jpeg')
    assert.equal(await poster.text(), 'picture at 0')
    await fetch(rig.address('poster.jpg'))
    assert.deepEqual(rig.probe.pictured, [{ path: rig.file('v0-0.mp4'), atSeconds: 0 }])
    assert.ok(statSync(rig.file('poster.jpg')).size > 0)
  })

  test('[RC76] what is sent is a viewing: seconds of the replay, bytes of the one file', async () => {
    await using rig = await replayRig({ title: 'Seen' })
    await (await fetch(rig.address('v0-0.mp4'), range('bytes=0-200000'))).arrayBuffer()
    await (await fetch(rig.address('a0-0.mp4'), range('bytes=0-2000'))).arrayBuffer()
    await (await fetch(rig.address('video.mp4'), range('bytes=100-199'))).arrayBuffer()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const subject = { kind: 'recording', id: rig.id, title: 'Seen' }
    assert.deepEqual(
      rig.seen.map(({ key: _key, address: _address, ...rest }) => rest),
      [
        { subject, protocol: 'hls', bytes: 200_001, interval: { from: 0, to: 4 } },
        { subject, protocol: 'hls', bytes: 2001 },
        { subject, protocol: 'range', bytes: 100, interval: { from: 100, to: 200 } },
      ],
    )
    assert.equal(new Set(rig.seen.map(({ key }) => key)).size, 1)
  })

  test('[RC77] it can be removed while somebody plays it: that player ends, nothing else happens', async () => {
    await using rig = await replayRig({ play: (publisher) => publisher.play(120) })
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const request = httpRequest(rig.address('v0-0.mp4'), (response) => {
      let bytes = 0
      response.once('data', () => {
        response.pause()
        void rig.recordings.remove(rig.id).then(() => response.resume())
      })
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => resolve(bytes))
      response.on('error', reject)
    })
    request.on('error', reject).end()
    assert.ok((await promise) > 5_000_000) // the open file is sent to its end
    assert.equal((await fetch(rig.address('v0-0.mp4'))).status, 404)
  })
})

test('[RC78] a title is a safe name of a file in every client', () => {
  assert.equal(
    downloadDisposition('Talk', 'mp4'),
    `attachment; filename="Talk.mp4"; filename*=UTF-8''Talk.mp4`,
  )
  assert.equal(
    downloadDisposition('Żółw/../"%41" (1)', 'mp4'),
    `attachment; filename="Zow .. 41 (1).mp4"; filename*=UTF-8''%C5%BB%C3%B3%C5%82w%20..%20%2541%20%281%29.mp4`,
  )
  for (const title of ['', '...', '\r\n\u0000', '/', '\ud800', '💥'.repeat(500), '日本語'])
    assert.match(
      downloadDisposition(title, 'mp4'),
      /^attachment; filename="[\x20-\x7e]+\.mp4"; filename\*=UTF-8''[\w.%-]+$/,
    )
})

test('[RC79] recordings are items of the library: public ones in lists, unlisted ones by their id', async () => {
  await using rig = await replayRig({ title: 'Die große Rede' })
  const query = { q: 'grosse', sort: 'newest', limit: 10 } as const
  assert.equal((await rig.source.list({ ...query, q: 'rede GROßE' })).total, 1)
  assert.equal((await rig.source.list({ ...query, q: 'nothing' })).total, 0)
  const item = await rig.source.get(rig.id)
  assert.deepEqual(item?.codecs, ['h264', 'opus'])
  assert.equal(item.play, `/recordings/${rig.id}/index.m3u8`)
  assert.equal((await rig.source.poster(rig.id))?.toString(), 'picture at 0')

  const broadcast = await rig.broadcasts.get('b1')
  broadcast.edit({ visibility: 'unlisted' })
  assert.equal((await rig.source.list({ ...query, q: '' })).total, 0)
  assert.equal((await rig.source.get(rig.id))?.title, 'Die große Rede')
  assert.equal(await rig.source.remove(rig.id), true)
  assert.equal(await rig.source.remove(rig.id), false)
})

test('[RC83] the owner finds in the library what is not public, and nobody else does', async () => {
  await using rig = await replayRig({ visibility: 'private', ownerId: 'ann' })
  const query = { q: '', sort: 'newest', limit: 10 } as const
  const found = async (reader: LibraryReader) => {
    const { items } = await rig.source.list({ ...query, reader })
    return [items.map(({ listed }) => listed), (await rig.source.get(rig.id, reader)) !== undefined]
  }
  assert.deepEqual(await found({ personId: 'ann', administers: false }), [[false], true])
  assert.deepEqual(await found({ personId: 'bob', administers: false }), [[], false])
  assert.deepEqual(await found({ personId: 'root', administers: true }), [[], true])
  assert.deepEqual(await found(ANYBODY), [[], false])
  const broadcast = await rig.broadcasts.get('b1')
  broadcast.edit({ visibility: 'public' })
  assert.deepEqual(await found({ personId: 'ann', administers: false }), [[true], true])
})
