import assert from 'node:assert/strict'
import { appendFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, get } from 'node:http'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { eventually } from '../../../test/support/eventually.ts'
import { ask, openCount, plantTraps, rangeRig, videoBytes } from '../../../test/support/range-rig.ts'
import { MULTIPLE_TABLE, RANGE_TABLE, TABLE_SIZE } from '../../../test/support/range-table.ts'
import { BroadcastError } from '../../core/errors.ts'

type Rig = Awaited<ReturnType<typeof rangeRig>>
const BIG = 64 * 1024 * 1024

/** A film of zeros that takes no room on the disk, and far more than connections hold by themselves. */
function bigFilm(rig: Rig): string {
  writeFileSync(rig.at('big.mp4'), '')
  truncateSync(rig.at('big.mp4'), BIG)
  return rig.url('big.mp4')
}

/** Has got the beginning of an answer, and takes no more. */
async function beginToRead(url: string): Promise<{ sent: ClientRequest; response: IncomingMessage }> {
  const sent = get(url)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  await once(response, 'readable')
  return { sent, response }
}

describe('the range table', () => {
  let rig: Rig
  before(async () => {
    rig = await rangeRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const { header, status, range } of RANGE_TABLE)
    test(`[RD1] [RD6] ${header.slice(0, 40)} → ${status}`, async () => {
      const { headers, body, ...answer } = await rig.get({ range: header })

      assert.equal(answer.status, status)
      assert.equal(headers['accept-ranges'], 'bytes')
      assert.match(headers.etag ?? '', /^"[\x21-\x7e]+"$/)
      assert.ok(Date.parse(headers['last-modified'] ?? ''))
      assert.equal(headers['x-content-type-options'], 'nosniff')
      if (status === 416) {
        assert.equal(headers['content-range'], `bytes */${TABLE_SIZE}`)
        return
      }
      const { from, to } = range ?? { from: 0, to: TABLE_SIZE }
      assert.equal(headers['content-range'], range ? `bytes ${from}-${to - 1}/${TABLE_SIZE}` : undefined)
      assert.equal(headers['content-length'], String(to - from))
      assert.equal(headers['content-type'], 'video/mp4')
      assert.deepEqual(body, rig.bytes.subarray(from, to))
    })

  for (const { header, status, ranges } of MULTIPLE_TABLE)
    test(`[RD2] [RD6] ${header} → ${status}`, async () => {
      const { headers, body, ...answer } = await rig.get({ range: header })

      assert.equal(answer.status, status)
      assert.equal(headers['accept-ranges'], 'bytes')
      assert.equal(headers['content-length'], String(body.length))
      if (!ranges) {
        assert.deepEqual(body, rig.bytes)
        return
      }
      const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1]
      const parts = body.toString('latin1').split(`--${boundary}`)
      assert.deepEqual([parts.shift(), parts.pop()], ['', '--\r\n'])
      const expected = ranges.map(({ from, to }) => {
        const bytes = rig.bytes.toString('latin1', from, to)
        return `\r\ncontent-type: video/mp4\r\ncontent-range: bytes ${from}-${to - 1}/${TABLE_SIZE}\r\n\r\n${bytes}\r\n`
      })
      assert.deepEqual(parts, expected)
    })

  test('[RD1] any range of an empty file is 416, none is an empty answer', async () => {
    writeFileSync(rig.at('empty.mp4'), '')
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-5', 'bytes=-0']) {
      const { status, headers } = await ask(rig.url('empty.mp4'), { headers: { range } })
      assert.deepEqual([status, headers['content-range']], [416, 'bytes */0'])
    }
    const { status, headers, body } = await ask(rig.url('empty.mp4'))
    assert.deepEqual([status, headers['content-length'], body.length], [200, '0', 0])
  })

  test('[RD5] HEAD has the headers of the whole file and no body', async () => {
    const whole = await rig.get()
    for (const range of [undefined, 'bytes=0-8', 'bytes=5000-']) {
      const { status, headers, body } = await rig.get(range === undefined ? {} : { range }, 'HEAD')
      const { date: _now, ...told } = headers
      const { date: _then, ...expected } = whole.headers
      assert.deepEqual([status, told, body.length], [200, expected, 0])
    }
  })

  test('[RD3] If-Range decides between a range and the whole', async () => {
    const { headers } = await rig.get()
    const etag = headers.etag ?? ''
    const table: [string, number][] = [
      [etag, 206],
      [headers['last-modified'] ?? '', 206],
      [`W/${etag}`, 200],
      ['"other"', 200],
      ['Sun, 06 Nov 1994 08:49:37 GMT', 200],
      ['nonsense', 200],
    ]
    for (const [ifRange, status] of table) {
      const answer = await rig.get({ range: 'bytes=0-8', 'if-range': ifRange })
      assert.deepEqual(
        [ifRange, answer.status, answer.body.length],
        [ifRange, status, status === 206 ? 9 : 1000],
      )
    }
    assert.equal((await rig.get({ range: 'bytes=5000-', 'if-range': '"other"' })).status, 200)
  })

  test('[RD4] [RD6] preconditions come before the range', async () => {
    const { etag = '' } = (await rig.get()).headers
    for (const method of ['GET', 'HEAD']) {
      const failed = await rig.get(
        { range: 'bytes=5000-', 'if-match': '"other"', 'if-none-match': etag },
        method,
      )
      assert.deepEqual([failed.status, failed.headers.etag], [412, etag])
      const same = await rig.get({ range: 'bytes=5000-', 'if-none-match': etag }, method)
      assert.deepEqual([same.status, same.headers.etag, same.body.length], [304, etag, 0])
      assert.equal(same.headers['accept-ranges'], 'bytes')
      assert.equal(same.headers['content-type'], undefined)
    }
  })

  test('[RD4] a file that changed has another ETag, also within the second and of the same size', async () => {
    const name = rig.at('changing.mp4')
    const tags = new Set<string | undefined>()
    for (const at of [1000.25, 1000.5, 1001.5]) {
      writeFileSync(name, 'x')
      utimesSync(name, at, at)
      tags.add((await ask(rig.url('changing.mp4'))).headers.etag)
    }
    writeFileSync(name, 'xy')
    utimesSync(name, 1001.5, 1001.5)
    tags.add((await ask(rig.url('changing.mp4'))).headers.etag)
    assert.equal(tags.size, 4)
  })

  test('[RD8] names with spaces, accents, percent signs and capitals are found', async () => {
    for (const name of ['season 1/ärger & 100%.mp4', 'upper.MP4'])
      assert.equal((await ask(rig.url(name))).status, 200)
  })

  test('[RD15] without the slash it leads to the one with it', async () => {
    for (const query of ['', '?path=film.mp4', '?path=a%2Fb.mp4&session=1&x=%0d%0a']) {
      const { status, headers } = await ask(`${rig.base}/api/stream${query}`)
      assert.deepEqual([status, headers.location], [301, `/api/stream/${query}`])
    }
    assert.equal((await ask(`${rig.base}/api/stream/?path=film.mp4`, { method: 'POST' })).status, 404)
  })

  test('[RD9] 10 000 ranges in any order rebuild the file', async () => {
    const bytes = videoBytes(1_234_567)
    writeFileSync(rig.at('long.mp4'), bytes)
    const cuts = new Set([0, bytes.length])
    let random = 42
    const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
    while (cuts.size < 10_001) cuts.add(next(bytes.length))
    const ends = [...cuts].sort((a, b) => a - b)
    const pieces = ends.slice(1).map((to, index) => ({ from: ends[index] ?? 0, to }))
    for (let i = pieces.length - 1; i > 0; i--) {
      const j = next(i + 1)
      ;[pieces[i], pieces[j]] = [pieces[j]!, pieces[i]!]
    }

    const rebuilt = Buffer.alloc(bytes.length)
    let asked = 0
    const work = async () => {
      for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
        const { from, to } = piece
        const { agent } = rig
        const answer = await ask(rig.url('long.mp4'), {
          headers: { range: `bytes=${from}-${to - 1}` },
          agent,
        })
        assert.equal(answer.body.copy(rebuilt, from), to - from)
        asked++
      }
    }
    await Promise.all(Array.from({ length: 4 }, work))
    assert.equal(asked, 10_000)
    assert.ok(rebuilt.equals(bytes))
  })
})

describe('paths', () => {
  let rig: Rig
  let refusal: string
  const stopListening: (() => void)[] = []
  before(async () => {
    rig = await rangeRig()
    plantTraps(rig)
    const server = createServer().listen(rig.at('socket.mp4'))
    stopListening.push(() => server.close())
    await once(server, 'listening')
    refusal = (await ask(rig.url('absent.mp4'))).body.toString()
  })
  after(async () => {
    for (const stop of stopListening) stop()
    await rig[Symbol.asyncDispose]()
  })

  const queries = [
    'path=../outside.mp4',
    'path=%2e%2e%2foutside.mp4',
    'path=%252e%252e%252foutside.mp4',
    'path=..\\outside.mp4',
    'path=..%5coutside.mp4',
    'path=%c0%ae%c0%ae/outside.mp4',
    'path=%c0%ae%c0%ae%c0%afoutside.mp4',
    'path=season%201/../../outside.mp4',
    'path=season%201/../film.mp4',
    'path=./film.mp4',
    'path=season%201//film.mp4',
    'path=film.mp4/',
    'path=film.mp4/.',
    'path=....//outside.mp4',
    'path=../videos-of-others/film.mp4',
    'path=/etc/passwd',
    'path=%2fetc%2fpasswd',
    'path=//host/x',
    'path=//host/x.mp4',
    'path=file:///etc/passwd',
    'path=file:film.mp4',
    'path=http://localhost/film.mp4',
    'path=\\\\?\\C:\\film.mp4',
    'path=\\\\host\\film.mp4',
    'path=C:\\film.mp4',
    'path=C:film.mp4',
    'path=CON',
    'path=CON.mp4',
    'path=con.film.mp4',
    'path=NUL.mp4',
    'path=season%201/LPT1.mp4',
    'path=COM%C2%B9.mp4',
    'path=a.mp4::$DATA',
    'path=film.mp4:stream.mp4',
    'path=back\\slash.mp4',
    'path=film.mp4%00',
    'path=film.mp4%00.txt',
    'path=secret.txt%00.mp4',
    'path=film.mp4%0a',
    'path=film.mp4.',
    'path=dot.mp4.',
    'path=film.mp4%20',
    'path=film.mp4%20.',
    'path=season%201%20/film.mp4',
    'path=season%201./film.mp4',
    `path=${'a'.repeat(252)}.mp4`,
    `path=${'a'.repeat(5000)}.mp4`,
    `path=${'a/'.repeat(200)}film.mp4`,
    `path=${'%C3%A4'.repeat(200)}.mp4`,
    'path=film.mp4&path=film.mp4',
    'path=film.mp4&path=../outside.mp4',
    'path[]=film.mp4',
    'path%5b%5d=film.mp4',
    'path[0]=film.mp4',
    'path.0=film.mp4',
    'PATH=film.mp4',
    '__proto__[path]=film.mp4',
    'path=',
    'path',
    '',
    'path=.',
    'path=..',
    'path=/',
    'path=%ed%a0%80.mp4',
    'path=season%201',
    'path=folder.mp4',
    'path=folder.mp4/',
    'path=fifo.mp4',
    'path=socket.mp4',
    'path=zero.mp4',
    'path=loop.mp4',
    'path=/dev/zero',
    'path=.hidden.mp4',
    'path=.private/film.mp4',
    'path=.mp4',
    'path=film',
    'path=secret.txt',
    'path=film.mp4.txt',
    'path=film.mp4/film.mp4',
    'path=link.mp4',
    'path=way-out/outside.mp4',
    'path=neighbour/film.mp4',
    'path=~/film.mp4',
    'path=$HOME/film.mp4',
    'path=film.mp4|id',
    'path=*.mp4',
  ]
  for (const query of queries)
    test(`[RD8] ${query.slice(0, 50)}`, async () => {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, body } = await ask(`${rig.base}/api/stream/?${query}`, {
          method,
          headers: { range: 'bytes=0-8' },
        })
        assert.equal(status, 404)
        assert.equal(body.toString(), method === 'GET' ? refusal : '')
        assert.equal(headers['content-type'], 'application/problem+json')
      }
      assert.deepEqual(rig.facts, [])
    })

  test('[RD8] links inside the folder may lead elsewhere inside it', async () => {
    symlinkSync(rig.at('season 1'), rig.at('first'))
    assert.equal((await ask(rig.url('first/ärger & 100%.mp4'))).status, 200)
  })

  test('[RD8] the folder may be a link itself, and be exchanged', async () => {
    const link = path.join(rig.outer, 'current')
    symlinkSync(rig.root, link)
    await using other = await rangeRig({ root: link })
    assert.equal((await other.get()).status, 200)
  })

  test('[RD8] what somebody may not watch is not looked for', async () => {
    await using other = await rangeRig({
      authorize: () => {
        throw new BroadcastError('unauthenticated', 'who are you?')
      },
    })
    for (const name of ['film.mp4', 'absent.mp4', '../x'])
      assert.equal((await ask(other.url(name))).status, 401)
  })
})

describe('the load volume', () => {
  test('[RD7] a longer range is answered with its beginning, none with the whole file', async () => {
    await using rig = await rangeRig({ settings: { maxLoad: 100, pathVariable: 'v' } })
    const get = async (headers: Record<string, string>) => {
      const { headers: told, body, status } = await ask(`${rig.base}/api/stream/?v=film.mp4`, { headers })
      return [status, told['content-range'], body.length]
    }
    assert.deepEqual(await get({ range: 'bytes=0-' }), [206, 'bytes 0-99/1000', 100])
    assert.deepEqual(await get({ range: 'bytes=10-500' }), [206, 'bytes 10-109/1000', 100])
    assert.deepEqual(await get({ range: 'bytes=-500' }), [206, 'bytes 500-599/1000', 100])
    assert.deepEqual(await get({ range: 'bytes=0-99' }), [206, 'bytes 0-99/1000', 100])
    assert.deepEqual(await get({ range: 'bytes=0-199,300-400' }), [206, 'bytes 0-99/1000', 100])
    assert.deepEqual(await get({}), [200, undefined, 1000])
  })

  test('[RD7] of several ranges, those that fit come, the last one cut', async () => {
    await using rig = await rangeRig({ settings: { maxLoad: 100, pathVariable: 'path' } })
    const { body } = await rig.get({ range: 'bytes=0-59,200-299,400-' })
    const ranges = [...body.toString('latin1').matchAll(/content-range: bytes (\S+)/g)].map(
      (match) => match[1],
    )
    assert.deepEqual(ranges, ['0-59/1000', '200-239/1000'])
  })
})

describe('files that change, clients that leave', () => {
  test('[RD10] a file that becomes shorter ends the connection', async () => {
    await using rig = await rangeRig()
    const { response } = await beginToRead(bigFilm(rig))
    truncateSync(rig.at('big.mp4'), 1000)

    await assert.rejects(buffer(response), { code: 'ECONNRESET' })
    await eventually(
      () => openCount(rig.at('big.mp4')) === 0,
      () => 'the file is still open',
    )
    assert.match(rig.warnings.join(), /became shorter/)
    assert.equal((await rig.get()).status, 200)
  })

  test('[RD10] a file that grows is sent as long as it was', async () => {
    await using rig = await rangeRig()
    const { response } = await beginToRead(bigFilm(rig))
    appendFileSync(rig.at('big.mp4'), 'more')

    assert.equal((await buffer(response)).length, BIG)
  })

  test('[RD11] [RD14] when the client leaves the file is closed, and only what was sent counts', async () => {
    await using rig = await rangeRig()
    const { sent } = await beginToRead(bigFilm(rig))
    assert.deepEqual([openCount(rig.at('big.mp4')), rig.facts.length], [1, 0])

    sent.destroy()
    await eventually(
      () => openCount(rig.at('big.mp4')) === 0,
      () => 'the file is still open',
    )
    const [fact] = rig.facts
    assert.ok(fact && fact.from === 0 && fact.to > 0 && fact.to < BIG)
  })

  test('[RD11] a client that takes nothing for long has left', async () => {
    await using rig = await rangeRig({ stalledAfter: 200 })
    const { response } = await beginToRead(bigFilm(rig))
    await eventually(
      () => openCount(rig.at('big.mp4')) === 0,
      () => 'the file is still open',
    )
    await assert.rejects(buffer(response))
  })

  test('[RD11] hundreds that leave at once leave nothing behind', async () => {
    await using rig = await rangeRig()
    const url = bigFilm(rig)
    const readers = await Promise.all(Array.from({ length: 200 }, () => beginToRead(url)))
    for (const { sent } of readers) sent.destroy()
    await eventually(
      () => openCount(rig.at('big.mp4')) === 0,
      () => 'files are still open',
    )
    assert.equal((await rig.get()).body.length, TABLE_SIZE)
  })

  test('[RD12] requests in one go are answered in their order', async () => {
    await using rig = await rangeRig()
    const socket = connect(rig.port, '127.0.0.1')
    const request = (from: number, last: boolean) =>
      `GET /api/stream/?path=film.mp4 HTTP/1.1\r\nHost: x\r\nRange: bytes=${from}-${from}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`
    socket.write(Array.from({ length: 50 }, (_, from) => request(from, from === 49)).join(''))

    const answers = (await buffer(socket)).toString('latin1')
    const ranges = [...answers.matchAll(/^content-range: bytes (\d+)-/gim)].map((match) => Number(match[1]))
    assert.deepEqual(
      ranges,
      Array.from({ length: 50 }, (_, from) => from),
    )
  })

  test('[RD12] those that wait have opened nothing, and go with the connection', async () => {
    await using rig = await rangeRig()
    bigFilm(rig)
    const socket = connect(rig.port, '127.0.0.1')
    socket.pause()
    socket.write('GET /api/stream/?path=big.mp4 HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50))
    await eventually(
      () => openCount(rig.at('big.mp4')) > 0,
      () => 'nothing was opened',
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.equal(openCount(rig.at('big.mp4')), 1)

    socket.destroy()
    await eventually(
      () => openCount(rig.at('big.mp4')) === 0,
      () => 'the file is still open',
    )
  })

  test('[RD11] the server can close while somebody downloads', async () => {
    const rig = await rangeRig()
    const { response } = await beginToRead(bigFilm(rig))
    const failed = assert.rejects(buffer(response))
    const name = rig.at('big.mp4')
    await rig[Symbol.asyncDispose]()
    await failed
    await eventually(
      () => openCount(name) === 0,
      () => 'the file is still open',
    )
  })
})

describe('the watch log', () => {
  test('[RD14] it hears of each stretch that was sent', async () => {
    await using rig = await rangeRig({ authorize: () => ({ authenticated: true, userId: 'ann' }) })
    await rig.get({ range: 'bytes=10-19' })
    await rig.get({ range: 'bytes=0-1,-2' })
    await rig.get()

    assert.deepEqual(
      rig.facts.map(({ from, to }) => [from, to]),
      [
        [10, 20],
        [0, 2],
        [998, 1000],
        [0, 1000],
      ],
    )
    const { sessionKey: _key, ...fact } = rig.facts[0]!
    assert.deepEqual(fact, {
      address: '127.0.0.1',
      authenticated: true,
      userId: 'ann',
      path: 'film.mp4',
      size: 1000,
      from: 10,
      to: 20,
    })
  })

  test('[RD14] where nothing was sent it hears nothing', async () => {
    await using rig = await rangeRig()
    const { etag = '' } = (await rig.get({}, 'HEAD')).headers
    await rig.get({ 'if-none-match': etag })
    await rig.get({ 'if-match': '"x"' })
    await rig.get({ range: 'bytes=1000-' })
    await ask(rig.url('absent.mp4'))
    await ask(`${rig.base}/api/stream?path=film.mp4`)

    assert.deepEqual(rig.facts, [])
  })

  test('[RD20] one player has one key; another program, another session or another person has another', async () => {
    const visitor: { userId?: string } = {}
    await using rig = await rangeRig({
      authorize: () => ({ authenticated: 'userId' in visitor, ...visitor }),
    })
    const keyOf = async (headers: Record<string, string>, extra = '') => {
      await ask(rig.url() + extra, { headers })
      return rig.facts.at(-1)?.sessionKey
    }
    const browser = await keyOf({ 'user-agent': 'browser', range: 'bytes=0-8' })
    assert.equal(await keyOf({ 'user-agent': 'browser', range: 'bytes=500-' }), browser)
    const others = [
      await keyOf({ 'user-agent': 'other' }),
      await keyOf({}),
      await keyOf({ 'user-agent': 'browser' }, '&session=2'),
      await keyOf({ 'user-agent': 'browser', 'x-playback-session-id': '7' }),
    ]
    visitor.userId = 'ann'
    others.push(await keyOf({ 'user-agent': 'browser' }))
    assert.equal(new Set([browser, ...others]).size, 6)
    assert.ok(!JSON.stringify(rig.facts.map(({ sessionKey }) => sessionKey)).includes('browser'))
  })
})

describe('X-Accel-Redirect', () => {
  test('[RD16] nginx is told the file, encoded; conditions and ranges are its own', async () => {
    await using rig = await rangeRig({ accelPrefix: '/inside/' })
    const name = 'season 1/ärger & 100%.mp4'
    const { status, headers, body } = await ask(rig.url(name), {
      headers: { range: 'bytes=0-8', 'if-match': '"nginx"' },
    })

    assert.deepEqual([status, body.length], [200, 0])
    assert.equal(headers['x-accel-redirect'], '/inside/season%201/%C3%A4rger%20%26%20100%25.mp4')
    assert.equal(headers['content-type'], 'video/mp4')
    assert.deepEqual(
      rig.facts.map(({ from, to }) => [from, to]),
      [[0, 9]],
    )
  })

  test('[RD16] what may not be sent is refused as ever', async () => {
    await using rig = await rangeRig({ accelPrefix: '/inside/' })
    plantTraps(rig)
    for (const name of ['absent.mp4', '../outside.mp4', 'link.mp4', 'fifo.mp4', 'way-out/outside.mp4']) {
      const { status, headers } = await ask(rig.url(name))
      assert.deepEqual([status, headers['x-accel-redirect']], [404, undefined])
    }
  })

  test('[RD16] that a file is gone is noticed within about a second', async () => {
    await using rig = await rangeRig({ accelPrefix: '/inside/' })
    assert.equal((await rig.get()).status, 200)
    rmSync(rig.at('film.mp4'))
    assert.equal((await rig.get()).status, 200)
    await eventually(
      async () => (await rig.get()).status === 404,
      () => 'it is still told',
    )
  })
})
