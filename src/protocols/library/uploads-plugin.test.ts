import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { eventually } from '../../../test/support/eventually.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { installErrorHandler } from '../http-errors.ts'
import { validation } from '../validation.ts'
import { Uploads } from './uploads.ts'
import { uploadsPlugin } from './uploads-plugin.ts'

const MEGABYTE = 1024 * 1024
/** What an MP4 begins with, and nothing that could be played. */
const FTYP = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1')
const videoOf = (size: number) => Buffer.concat([FTYP, Buffer.alloc(size - FTYP.length, 7)])

async function setUp({ open = true, free = 100_000 * MEGABYTE } = {}) {
  const resources = new AsyncDisposableStack()
  const temporary = resources.use(temporaryFolder())
  const folder = temporary.file('uploads')
  mkdirSync(folder)
  const adopted: { name: string; content: Buffer }[] = []
  const uploads = new Uploads({
    target: {
      async adopt(file, name) {
        adopted.push({ name, content: readFileSync(file) })
        return `item-${adopted.length}`
      },
    },
    folder,
    maxSize: 10 * MEGABYTE,
    basePath: '/below',
    freeIn: async () => free,
  })
  const fastify = Fastify({ ajv: validation, routerOptions: { ignoreTrailingSlash: true } })
  resources.defer(() => fastify.close())
  installErrorHandler(fastify)
  await fastify.register(uploadsPlugin, { uploads, rights: (await restRig({ open })).libraryRights })
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 })

  const send = (method: string, at: string, headers: Record<string, string> = {}, body?: Buffer) =>
    fetch(`${url}${at}`, {
      method,
      headers: { 'tus-resumable': '1.0.0', ...headers },
      body: body ? new Uint8Array(body) : null,
    })
  const begin = (length: number, name = 'a.mp4', headers: Record<string, string> = {}) =>
    send('POST', '/api/uploads/', {
      'upload-length': String(length),
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
      ...headers,
    })
  async function begun(length: number, name?: string): Promise<string> {
    const location = (await begin(length, name)).headers.get('location') ?? ''
    return location.replace(/^\/below/, '')
  }
  const add = (at: string, offset: number, body: Buffer) =>
    send(
      'PATCH',
      at,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body,
    )
  return {
    ...{ folder, adopted, uploads, url, send, begin, begun, add },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

const problemOf = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { code: string }).code,
})

describe('uploads', () => {
  test('[LB30] an upload may come in pieces, and enters the library when the last has come', async () => {
    await using rig = await setUp()
    const video = videoOf(3 * MEGABYTE)
    const created = await rig.begin(video.length, 'My film.mp4')
    assert.equal(created.status, 201)
    assert.match(created.headers.get('location') ?? '', /^\/below\/api\/uploads\/[0-9a-f]{32}$/)
    const at = (created.headers.get('location') ?? '').replace('/below', '')

    const first = await rig.add(at, 0, video.subarray(0, MEGABYTE))
    assert.deepEqual([first.status, first.headers.get('upload-offset')], [204, String(MEGABYTE)])
    assert.equal(rig.adopted.length, 0)
    const head = await rig.send('HEAD', at)
    assert.deepEqual([head.status, head.headers.get('upload-offset')], [200, String(MEGABYTE)])
    const last = await rig.add(at, MEGABYTE, video.subarray(MEGABYTE))

    assert.equal(last.status, 204)
    assert.equal(last.headers.get('content-location'), '/below/api/library/file/item-1')
    assert.equal(rig.adopted[0]?.name, 'My film.mp4')
    assert.ok(rig.adopted[0].content.equals(video))
    assert.deepEqual(readdirSync(rig.folder), [])
  })

  test('[LB30] a connection that breaks leaves what has arrived, and the upload goes on from there', async () => {
    await using rig = await setUp()
    const video = videoOf(2 * MEGABYTE)
    const at = await rig.begun(video.length)
    const { hostname, port } = new URL(rig.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `PATCH ${at} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
        `Content-Type: application/offset+octet-stream\r\nContent-Length: ${video.length}\r\n\r\n`,
    )
    socket.write(video.subarray(0, MEGABYTE))
    const file = path.join(rig.folder, path.basename(at))
    await eventually(
      () => readFileSync(file).length >= MEGABYTE / 2,
      () => 'nothing arrived',
    )
    socket.destroy()

    const offset = Number((await rig.send('HEAD', at)).headers.get('upload-offset'))
    assert.ok(offset > 0 && offset <= MEGABYTE, String(offset))
    assert.equal((await rig.add(at, offset, video.subarray(offset))).status, 204)
    assert.ok(rig.adopted[0]?.content.equals(video))
  })

  test('[LB30] a wrong offset is 409; who lost the last answer hears that all has come', async () => {
    await using rig = await setUp()
    const video = videoOf(5000)
    const at = await rig.begun(video.length)
    assert.deepEqual(await problemOf(await rig.add(at, 7, video)), { status: 409, code: 'offset-mismatch' })
    assert.equal((await rig.add(at, 0, video)).status, 204)

    const head = await rig.send('HEAD', at)
    assert.deepEqual([head.status, head.headers.get('upload-offset')], [200, '5000'])
    assert.equal(rig.adopted.length, 1)
  })

  test('[LB31] a cancelled upload leaves nothing', async () => {
    await using rig = await setUp()
    const at = await rig.begun(9000)
    await rig.add(at, 0, videoOf(5000))
    assert.equal(readdirSync(rig.folder).length, 2)
    assert.equal((await rig.send('DELETE', at)).status, 204)
    assert.deepEqual(readdirSync(rig.folder), [])
    assert.deepEqual(await problemOf(await rig.add(at, 5000, videoOf(4000))), {
      status: 404,
      code: 'upload-not-found',
    })
  })

  const refused: [what: string, size: number, name: string, status: number, code: string][] = [
    ['a name that is not that of a video', 5000, 'a.exe', 422, 'unsupported-media'],
    ['no name', 5000, '', 422, 'unsupported-media'],
    ['nothing', 0, 'a.mp4', 422, 'unsupported-media'],
    ['more than the limit', 10 * MEGABYTE + 1, 'a.mp4', 413, 'too-large'],
  ]
  for (const [what, size, name, status, code] of refused)
    test(`[LB32] ${what} is refused before anything is sent`, async () => {
      await using rig = await setUp()
      assert.deepEqual(await problemOf(await rig.begin(size, name)), { status, code })
      assert.deepEqual(readdirSync(rig.folder), [])
    })

  test('[LB32] what does not fit on the disk is refused, what others still have to send counted', async () => {
    await using rig = await setUp({ free: 270 * MEGABYTE })
    assert.equal((await rig.begin(8 * MEGABYTE)).status, 201)
    assert.deepEqual(await problemOf(await rig.begin(8 * MEGABYTE)), { status: 507, code: 'no-space' })
    assert.equal((await rig.begin(4 * MEGABYTE)).status, 201)
  })

  const disguised: [what: string, name: string, content: Buffer][] = [
    ['a page', 'a.mp4', Buffer.from('<!doctype html><script>alert(1)</script>'.padEnd(8000, ' '))],
    ['a program', 'a.mp4', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(8000)])],
    ['a picture', 'a.mp4', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(8000)])],
    ['another video', 'a.webm', videoOf(8000)],
    ['zeros', 'a.mp4', Buffer.alloc(8000)],
  ]
  for (const [what, name, content] of disguised)
    test(`[LB33] ${what} called ${name} is refused with its first bytes, or when they are few at its end`, async () => {
      await using rig = await setUp()
      const long = await rig.begun(9 * MEGABYTE, name)
      assert.deepEqual(await problemOf(await rig.add(long, 0, content)), {
        status: 422,
        code: 'unsupported-media',
      })
      const short = content.subarray(0, 1000)
      const answer = await rig.add(await rig.begun(short.length, name), 0, short)
      assert.deepEqual(await problemOf(answer), { status: 422, code: 'unsupported-media' })
      assert.equal(rig.adopted.length, 0)
    })

  test('[LB34] an id leads to an upload and nowhere else', async () => {
    await using rig = await setUp()
    writeFileSync(path.join(rig.folder, '../secret.mp4'), 'secret')
    for (const id of [
      '..%2Fsecret.mp4',
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e',
      'x'.repeat(32),
      '%00',
      'a.json',
    ]) {
      assert.equal((await rig.send('HEAD', `/api/uploads/${id}`)).status, 404, id)
      assert.equal((await rig.send('DELETE', `/api/uploads/${id}`)).status, 404, id)
    }
    assert.ok(existsSync(path.join(rig.folder, '../secret.mp4')))
  })

  test('[LB34] without open mode all of it is 401, for a page of another site 403', async () => {
    await using closed = await setUp({ open: false })
    for (const method of ['HEAD', 'PATCH', 'DELETE'])
      assert.equal((await closed.send(method, `/api/uploads/${'a'.repeat(32)}`)).status, 401, method)
    assert.deepEqual(await problemOf(await closed.begin(5000)), { status: 401, code: 'unauthenticated' })
    await using open = await setUp()
    const foreign = await open.begin(5000, 'a.mp4', { origin: 'https://elsewhere.example' })
    assert.deepEqual(await problemOf(foreign), { status: 403, code: 'not-allowed' })
    assert.equal(foreign.headers.get('access-control-allow-origin'), null)
  })

  test('[LB35] what nobody continues is removed after a day', async () => {
    await using rig = await setUp()
    const [old, fresh] = [await rig.begun(9000), await rig.begun(9000)]
    const yesterday = Date.now() / 1000 - 90_000
    for (const at of [old, fresh])
      utimesSync(path.join(rig.folder, `${path.basename(at)}.json`), yesterday, yesterday)
    utimesSync(path.join(rig.folder, path.basename(old)), yesterday, yesterday)
    await rig.uploads.removeLeftovers(Date.now(), 86_400_000)

    assert.equal((await rig.send('HEAD', old)).status, 404)
    assert.equal((await rig.send('HEAD', fresh)).status, 200)
    assert.equal(readdirSync(rig.folder).length, 2)
  })

  test('[LB30] what the server can do is told to who asks', async () => {
    await using rig = await setUp()
    const answer = await rig.send('OPTIONS', '/api/uploads/')
    assert.equal(answer.headers.get('tus-max-size'), String(10 * MEGABYTE))
    assert.equal(answer.headers.get('tus-extension'), 'creation,creation-with-upload,termination')
  })
})
