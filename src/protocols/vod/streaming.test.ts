import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { ask, openCount, plantTraps, videoFolder } from '../../../test/support/range-rig.ts'
import { MULTIPLE_TABLE, RANGE_TABLE, TABLE_SIZE } from '../../../test/support/range-table.ts'
import {
  fileIterator,
  getRequestIp,
  getStreamingResponse,
  logWatchRequest,
  type RequestIpOptions,
  type AnyRequest,
  type WatchLogEntry,
  writeResponse,
} from './streaming.ts'

const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer())
const STANDARD = /bytes\s*=\s*(\d+)\s*-\s*(\d*)/i

describe('getStreamingResponse', () => {
  let folder: ReturnType<typeof videoFolder>
  let film: string
  before(() => {
    folder = videoFolder()
    film = folder.at('film.mp4')
    plantTraps(folder)
  })
  after(() => folder[Symbol.dispose]())

  for (const { header, status, range } of RANGE_TABLE)
    test(`[RD21] ${header.slice(0, 40)} → ${status}`, async () => {
      const response = await getStreamingResponse({
        path: film,
        rangeHeader: header,
        rangeRe: STANDARD,
        maxLoadVolume: 8,
      })
      const { headers } = response

      assert.equal(response.status, status)
      assert.equal(headers.get('accept-ranges'), 'bytes')
      assert.ok(headers.get('etag'))
      assert.ok(headers.get('last-modified'))
      const body = await bodyOf(response)
      if (status === 416) {
        assert.equal(headers.get('content-range'), `bytes */${TABLE_SIZE}`)
        return
      }
      const { from, to } = range ?? { from: 0, to: TABLE_SIZE }
      assert.equal(headers.get('content-range'), range ? `bytes ${from}-${to - 1}/${TABLE_SIZE}` : null)
      assert.equal(headers.get('content-length'), String(to - from))
      assert.deepEqual(body, folder.bytes.subarray(from, to))
    })

  for (const { header, status } of MULTIPLE_TABLE)
    test(`[RD21] ${header} → ${status}`, async () => {
      const response = await getStreamingResponse({ path: film, rangeHeader: header })
      assert.equal(response.status, status)
      assert.equal(String((await bodyOf(response)).length), response.headers.get('content-length'))
    })

  test('[RD21] conditions come with the request headers, of either kind', async () => {
    const etag = (await getStreamingResponse({ path: film })).headers.get('etag') ?? ''
    const table: [Record<string, string>, number][] = [
      [{ 'if-none-match': etag }, 304],
      [{ 'if-match': '"x"' }, 412],
      [{ range: 'bytes=0-8', 'if-range': etag }, 206],
      [{ range: 'bytes=0-8', 'if-range': '"x"' }, 200],
      [{ range: 'bytes=5000-' }, 416],
    ]
    for (const [headers, status] of table)
      for (const asked of [headers, new Headers(headers)])
        assert.equal((await getStreamingResponse({ path: film, headers: asked })).status, status)
  })

  test('[RD21] HEAD has the headers of the whole file and no body', async () => {
    const path = folder.at('upper.MP4')
    const response = await getStreamingResponse({ path, method: 'HEAD', rangeHeader: 'bytes=0-8' })
    assert.deepEqual(
      [response.status, response.body, response.headers.get('content-length')],
      [200, null, '1000'],
    )
    await eventually(
      () => openCount(path) === 0, // closing takes no waiting, and a moment
      () => 'the file is still open',
    )
  })

  test('[RD21] an answer that nobody reads keeps its file open no longer than it lives', async () => {
    const path = folder.at('upper.MP4')
    for (let i = 0; i < 20; i++) await getStreamingResponse({ path })
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    await eventually(
      () => {
        collectGarbage()
        return openCount(path) === 0
      },
      () => `${openCount(path)} files are still open`,
    )
  })

  test('[RD21] the load volume is in MiB, and may be a fraction', async () => {
    const volume = async (maxLoadVolume: number) =>
      (await bodyOf(await getStreamingResponse({ path: film, rangeHeader: 'bytes=0-', maxLoadVolume })))
        .length
    assert.deepEqual([await volume(1), await volume(100 / 1024 / 1024)], [1000, 100])
    for (const wrong of [0, -1, Number.NaN]) await assert.rejects(volume(wrong), RangeError)
  })

  test('[RD21] a pattern may be text', async () => {
    const status = async (rangeHeader: string) =>
      (await getStreamingResponse({ path: film, rangeHeader, rangeRe: String.raw`items=(\d+)-(\d*)` })).status
    assert.deepEqual([await status('Items=0-8'), await status('bytes=0-8')], [206, 200])
  })

  test('[RD21] with a root nothing outside it is reached, and all that is refused looks the same', async () => {
    const { root } = folder
    const bodies = new Set<string>()
    for (const path of [
      '../outside.mp4',
      film,
      'link.mp4',
      'way-out/outside.mp4',
      'folder.mp4',
      'fifo.mp4',
      'zero.mp4',
      'secret.txt',
      '.hidden.mp4',
      'film.mp4\0',
      '',
    ]) {
      const response = await getStreamingResponse({ path, root })
      assert.equal(response.status, 404)
      bodies.add(await response.text())
    }
    assert.equal(bodies.size, 1)
    assert.equal((await getStreamingResponse({ path: 'film.mp4', root })).status, 200)
  })

  test('[RD21] without a root too, only videos are served', async () => {
    for (const path of [
      '/etc/passwd',
      folder.root,
      folder.at('folder.mp4'),
      folder.at('fifo.mp4'),
      folder.at('absent.mp4'),
    ])
      assert.equal((await getStreamingResponse({ path })).status, 404)
  })

  test('[RD21] the file is closed with its body', async () => {
    const big = folder.at('big.mp4')
    writeFileSync(big, '')
    truncateSync(big, 8 * 1024 * 1024)
    const isClosed = () =>
      eventually(
        () => openCount(big) === 0,
        () => 'the file is still open',
      )

    await (await getStreamingResponse({ path: big })).arrayBuffer()
    await isClosed()
    await (await getStreamingResponse({ path: big })).body?.cancel()
    await isClosed()
    const reader = (await getStreamingResponse({ path: big })).body?.getReader()
    await reader?.read()
    assert.equal(openCount(big), 1)
    await reader?.cancel()
    await isClosed()
    const shrinking = await getStreamingResponse({ path: big })
    truncateSync(big, 1000)
    await assert.rejects(shrinking.arrayBuffer())
    await isClosed()
  })

  test('[RD21] writeResponse sends it over node:http, and closes the file when the client leaves', async () => {
    const big = folder.at('other.mp4')
    writeFileSync(big, '')
    truncateSync(big, 64 * 1024 * 1024)
    const written: boolean[] = []
    const server = createServer(async (request, outgoing) => {
      const path = request.url === '/big' ? big : film
      const { method = 'GET', headers } = request
      written.push(await writeResponse(await getStreamingResponse({ path, method, headers }), outgoing))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

    const part = await ask(url, { headers: { range: 'bytes=-10' } })
    assert.deepEqual([part.status, part.body], [206, folder.bytes.subarray(990)])
    const head = await ask(url, { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '1000', 0])
    const controller = new AbortController()
    const response = await fetch(`${url}big`, { signal: controller.signal })
    await response.body?.getReader().read()
    controller.abort()
    await eventually(
      () => written.length === 3,
      () => 'it was not noticed',
    )
    assert.deepEqual(written, [true, true, false])
    await eventually(
      () => openCount(big) === 0,
      () => 'the file is still open',
    )
    server.close()
    server.closeAllConnections()
  })
})

describe('fileIterator', () => {
  async function read(options?: Parameters<typeof fileIterator>[1]) {
    using folder = videoFolder()
    const chunks: Uint8Array[] = []
    for await (const chunk of fileIterator(folder.at('film.mp4'), options)) chunks.push(chunk)
    const { offset = 0, length = Infinity } = options ?? {}
    assert.deepEqual(Buffer.concat(chunks), folder.bytes.subarray(offset, offset + length))
    return chunks.map((chunk) => chunk.length)
  }

  const table: [Parameters<typeof fileIterator>[1], number[]][] = [
    [undefined, [1000]],
    [{ chunkSize: 400 }, [400, 400, 200]],
    [{ chunkSize: 400, offset: 100, length: 500 }, [400, 100]],
    [{ offset: 990 }, [10]],
    [{ offset: 990, length: 500 }, [10]],
    [{ offset: 1000 }, []],
    [{ offset: 5000 }, []],
    [{ length: 0 }, []],
  ]
  for (const [options, lengths] of table)
    test(`[RD22] ${options ? JSON.stringify(options) : 'all of it'}`, async () => {
      assert.deepEqual(await read(options), lengths)
    })

  test('[RD22] leaving the loop closes the file', async () => {
    using folder = videoFolder()
    const film = folder.at('film.mp4')
    for await (const chunk of fileIterator(film, { chunkSize: 1 })) {
      assert.deepEqual([chunk.length, openCount(film)], [1, 1])
      break
    }
    assert.equal(openCount(film), 0)
  })

  for (const wrong of [
    { chunkSize: 0 },
    { chunkSize: 1.5 },
    { offset: -1 },
    { length: -1 },
    { length: Number.NaN },
  ])
    test(`[RD22] ${JSON.stringify(wrong)} is refused`, async () => {
      await assert.rejects(read(wrong), RangeError)
    })
})

describe('logWatchRequest', () => {
  test('[RD23] one entry, with the user only if signed in', async () => {
    const entries: WatchLogEntry[] = []
    const log = { add: (entry: WatchLogEntry) => void entries.push(entry) }
    const ip = '192.0.2.1'
    const entry = await logWatchRequest({ log, videoPath: 'a.mp4', authenticated: true, ip, user: { id: 7 } })
    await logWatchRequest({ log, videoPath: 'x'.repeat(300), authenticated: false, ip: null, user: 'ann' })
    await logWatchRequest({ log, videoPath: 'b.mp4', authenticated: true, ip, user: 'ann' })

    assert.deepEqual(
      entries.map(({ videoPath, userId, isAuthenticated, ip: from }) => [
        videoPath.length,
        userId,
        isAuthenticated,
        from,
      ]),
      [
        [5, '7', true, ip],
        [255, null, false, null],
        [5, 'ann', true, ip],
      ],
    )
    assert.equal(entry, entries[0])
    assert.ok(entry.created instanceof Date)
  })

  test('[RD23] a log that fails says so', async () => {
    const log = { add: () => Promise.reject(new Error('full')) }
    await assert.rejects(logWatchRequest({ log, videoPath: 'a', authenticated: false, ip: null }), /full/)
  })
})

describe('getRequestIp', () => {
  const from = (remoteAddress: string | undefined, forwarded?: string | string[]): AnyRequest => ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  })
  const trustProxy = ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']
  const table: [string, AnyRequest, RequestIpOptions, string | null][] = [
    ['the socket', from('192.0.2.1'), {}, '192.0.2.1'],
    ['hearsay', from('192.0.2.1', '198.51.100.9'), {}, '192.0.2.1'],
    ['hearsay of a stranger', from('192.0.2.1', '198.51.100.9'), { trustProxy }, '192.0.2.1'],
    ['a proxy', from('10.1.2.3', '198.51.100.9'), { trustProxy }, '198.51.100.9'],
    ['a proxy in IPv6 clothes', from('::ffff:10.1.2.3', '198.51.100.9'), { trustProxy }, '198.51.100.9'],
    ['proxies in a row', from('127.0.0.1', '198.51.100.9, 10.9.9.9'), { trustProxy }, '198.51.100.9'],
    [
      'what the client made up',
      from('10.1.2.3', '203.0.113.5, 198.51.100.9'),
      { trustProxy },
      '198.51.100.9',
    ],
    ['several headers', from('10.1.2.3', ['203.0.113.5', '198.51.100.9']), { trustProxy }, '198.51.100.9'],
    ['nonsense', from('10.1.2.3', '<script>, unknown'), { trustProxy }, '10.1.2.3'],
    ['IPv6', from('2001:db8::1', '2001:470::5'), { trustProxy }, '2001:470::5'],
    ['IPv4 in an IPv6 socket', from('::ffff:192.0.2.1'), {}, '192.0.2.1'],
    ['a socket that is gone', from(undefined, '198.51.100.9'), { trustProxy }, null],
    ['a web request', new Request('http://x'), { remoteAddress: '192.0.2.1' }, '192.0.2.1'],
    ['a web request that knows nothing', new Request('http://x'), {}, null],
    [
      'a web request by a proxy',
      new Request('http://x', { headers: { 'x-forwarded-for': '198.51.100.9' } }),
      { remoteAddress: '10.1.2.3', trustProxy },
      '198.51.100.9',
    ],
  ]
  for (const [what, request, options, ip] of table)
    test(`[RD24] ${what}`, () => {
      assert.equal(getRequestIp(request, options), ip)
    })
})
