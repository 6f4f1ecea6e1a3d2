import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hlsRig, settled, variantsOf } from '../../../test/support/hls-rig.ts'

/** A broadcast that has run for so long. */
async function running(seconds = 9, { video = 1, window = 60 } = {}) {
  const door = await hlsRig({ window })
  const { rig, stream } = door.begin()
  rig.publish({ video })
  rig.run(seconds)
  /** The next part that will come. */
  const edge = async (id = 'v0') => {
    const { hint } = await door.playlist(`${id}/index.m3u8`)
    const [, msn, part] = (hint ?? '').split('.')
    return { msn: Number(msn), part: Number(part) }
  }
  return { ...door, rig, stream, edge }
}

describe('the playlist of playlists', () => {
  test('[HLS12] each layer is a variant, with the sound beside it', async () => {
    const { get } = await running(9, { video: 3 })
    const { status, text, headers } = await get('index.m3u8')
    const { variants, sounds } = variantsOf(text)

    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^application\/vnd\.apple\.mpegurl/)
    const session = /\?session=([A-Za-z0-9_-]+)$/.exec(variants[0]?.['uri'] ?? '')?.[1]
    assert.deepEqual(
      variants.map(({ uri, CODECS, RESOLUTION, AUDIO }) => ({ uri, CODECS, RESOLUTION, AUDIO })),
      ['v0', 'v1', 'v2'].map((id) => ({
        uri: `${id}/index.m3u8?session=${session}`,
        CODECS: 'avc1.42c00b,opus',
        RESOLUTION: '160x120',
        AUDIO: 'sound',
      })),
    )
    assert.deepEqual(
      sounds.map(({ TYPE, URI, DEFAULT, 'GROUP-ID': group }) => ({ TYPE, URI, DEFAULT, group })),
      [{ TYPE: 'AUDIO', URI: `a0/index.m3u8?session=${session}`, DEFAULT: 'YES', group: 'sound' }],
    )
    for (const { BANDWIDTH, 'AVERAGE-BANDWIDTH': average } of variants) {
      assert.ok(Number(average) > 1000 && Number(BANDWIDTH) >= Number(average))
    }
  })

  test('[HLS12] the bandwidth is that of the segments, sound included', async () => {
    const { get, rig } = await running(20)
    const bitsOf = (id: string) => {
      const complete = rig.of(id).segments.filter((segment) => segment.complete)
      return complete.map(
        ({ parts, duration }) => (8 * parts.reduce((sum, part) => sum + part.bytes.length, 0)) / duration,
      )
    }
    const [variant] = variantsOf((await get('index.m3u8')).text).variants

    const peak = Math.ceil(Math.max(...bitsOf('v0'))) + Math.ceil(Math.max(...bitsOf('a0')))
    assert.equal(Number(variant?.['BANDWIDTH']), peak)
  })

  test('[HLS12] sound alone is a variant', async () => {
    const { begin, get } = await hlsRig()
    const { rig } = begin()
    rig.publish({ video: 0 })
    rig.run(5)
    const { variants, sounds } = variantsOf((await get('index.m3u8')).text)

    assert.deepEqual(sounds, [])
    assert.deepEqual(
      variants.map(({ CODECS, AUDIO }) => ({ CODECS, AUDIO })),
      [{ CODECS: 'opus', AUDIO: undefined }],
    )
  })

  test('[HLS13] it waits until every rendition has something', async () => {
    const { begin, ask } = await hlsRig()
    const { rig } = begin()
    const asked = await ask('index.m3u8')
    rig.publish({ video: 2 })
    rig.run(0.5)
    await settled()
    assert.equal(asked.answer, undefined)
    rig.run(1.5)

    assert.equal(variantsOf((await asked.done).text).variants.length, 2)
  })

  test('[HLS13] it does not wait for a layer that never comes', async () => {
    const { begin, ask } = await hlsRig()
    const { rig } = begin()
    const asked = await ask('index.m3u8')
    rig.publish({ video: 2 })
    rig.sources[1]!.active = false
    rig.run(4)

    assert.equal(variantsOf((await asked.done).text).variants.length, 1)
  })

  test('[HLS13] after 10 s without anything it is not live yet', async () => {
    const { begin, ask, clock } = await hlsRig()
    begin().rig.publish()
    const asked = await ask('index.m3u8')
    clock.advance(9_999)
    await settled()
    assert.equal(asked.answer, undefined)
    clock.advance(2)
    const { status, text, headers } = await asked.done

    assert.equal(status, 409)
    assert.match(text, /broadcast-not-live/)
    assert.equal(headers['retry-after'], '1')
    assert.equal(headers['cache-control'], 'no-store')
  })

  test('[HLS14] what is not sent any more is no variant, but goes on as gaps', async () => {
    const { get, rig, playlist } = await running(9, { video: 2 })
    rig.publish({ video: 1 })
    rig.run(9)

    assert.equal(variantsOf((await get('index.m3u8')).text).variants.length, 1)
    assert.ok((await playlist('v1/index.m3u8')).segments.at(-1)!.gap)
  })
})

describe('requests', () => {
  const REFUSED = [
    ['_HLS_part=0', 'a part of no segment'],
    ['_HLS_msn=x', 'no number'],
    ['_HLS_msn=-1', 'no decimal integer'],
    ['_HLS_msn=1.5', 'no integer'],
    ['_HLS_msn=0x1', 'no decimal'],
    ['_HLS_msn=', 'nothing'],
    ['_HLS_msn=9999999999999999999', 'more digits than a number has'],
    ['_HLS_msn=1&_HLS_part=x', 'no part'],
    ['_HLS_msn=1&_HLS_part=-1', 'no part'],
    ['_HLS_msn=1&_HLS_msn=2', 'two segments'],
    ['_HLS_msn=LAST+3', 'three segments beyond the last'],
    ['_HLS_msn=99999', 'far beyond'],
    ['_HLS_msn=LAST&_HLS_part=99', 'a part far beyond the edge'],
    ['_HLS_msn=LAST+1&_HLS_part=99', 'a part far into the next segment'],
  ] as const
  for (const [query, why] of REFUSED)
    test(`[HLS15] ${query}: ${why}`, async () => {
      const { get, edge } = await running()
      const last = (await edge()).msn
      const asked = query.replace(/LAST(\+\d)?/, (_whole, more = '+0') => String(last + Number(more)))
      const { status, text, headers } = await get(`v0/index.m3u8?${asked}`)

      assert.equal(status, 400, text)
      assert.match(String(headers['content-type']), /problem\+json/)
      assert.equal(headers['cache-control'], 'no-store')
    })

  test('[HLS15] an empty part or an unknown skip means nothing worse than no delta', async () => {
    const { get } = await running()
    const plain = (await get('v0/index.m3u8')).text
    for (const query of ['_HLS_skip=NO', '_HLS_skip=', '_HLS_push=1', 'x=1'])
      assert.equal((await get(`v0/index.m3u8?${query}`)).text, plain, query)
  })

  test('[HLS16] a part is waited for, and no longer', async () => {
    const { ask, rig, edge, playlist } = await running()
    const { msn, part } = await edge()
    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part + 1}`)
    const before = rig.of('v0').parts.length
    while (!asked.answer) {
      assert.ok(rig.of('v0').parts.length < before + 2, 'it is answered once the part is there')
      rig.run(0.02)
      await settled()
    }

    assert.equal(rig.of('v0').parts.length, before + 2)
    const segment = (await playlist()).segments.find(({ number }) => number === msn)!
    assert.equal(segment.parts.length, part + 2)
    assert.equal(asked.answer.text, (await playlist()).text)
  })

  test('[HLS16] a segment is waited for until it is whole', async () => {
    const { ask, rig, edge } = await running()
    const { msn } = await edge()
    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn}`)
    while (!asked.answer) {
      rig.run(0.02)
      await settled()
    }

    const segment = rig.of('v0').segments.find(({ number }) => number === msn)!
    assert.equal(segment.complete, true)
    assert.match(asked.answer.text, new RegExp(`\\.${msn}\\.m4s\\n`))
  })

  test('[HLS16] a segment two ahead is waited for as well', async () => {
    const { ask, rig, edge } = await running()
    const { msn } = await edge()
    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn + 1}`)
    rig.run(5)

    assert.equal((await asked.done).status, 200)
  })

  test('[HLS16] what is there already is answered at once, with everything', async () => {
    const { get, edge } = await running()
    const { msn, part } = await edge()
    const { text } = await get('v0/index.m3u8')
    for (const query of [
      '_HLS_msn=0',
      '_HLS_msn=1&_HLS_part=0',
      `_HLS_msn=${msn - 1}`,
      `_HLS_msn=${msn}&_HLS_part=${part - 1}`,
    ])
      assert.equal((await get(`v0/index.m3u8?${query}`)).text, text, query)
  })

  test('[HLS16] the end of a broadcast answers whoever waits', async () => {
    const { ask, rig, edge } = await running()
    const { msn } = await edge()
    const asked = [
      await ask(`v0/index.m3u8?_HLS_msn=${msn + 1}`),
      await ask(`v0/index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=2`),
    ]
    await rig.packager.close('ended')

    for (const { done } of asked) assert.match((await done).text, /#EXT-X-ENDLIST/)
  })

  test('[HLS17] a part beyond the last of its segment is the first of the next', async () => {
    const { ask, get, rig, edge } = await running()
    const { msn } = await edge()
    const { parts } = rig.of('v0').segments.find(({ number }) => number === msn - 1)!
    assert.equal((await get(`v0/index.m3u8?_HLS_msn=${msn - 1}&_HLS_part=${parts.length + 5}`)).status, 200)

    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=9`)
    while (!asked.answer) {
      rig.run(0.02)
      await settled()
    }
    assert.match(asked.answer.text, new RegExp(`\\.${msn + 1}\\.0\\.m4s`))
    assert.equal(rig.of('v0').segments.at(-1)!.parts.length, 1)
  })

  test('[HLS18] what waits for three target durations is answered with 503', async () => {
    const { ask, clock, edge } = await running()
    const { msn, part } = await edge()
    const { pending } = clock
    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
    clock.advance(11_999)
    await settled()
    assert.equal(asked.answer, undefined)
    clock.advance(1)
    const { status, headers } = await asked.done

    assert.equal(status, 503)
    assert.equal(headers['retry-after'], '1')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(clock.pending, pending, 'nothing is left behind')
  })

  for (const skip of ['YES', 'v2'])
    test(`[HLS19] _HLS_skip=${skip} leaves out what lies behind the boundary`, async () => {
      const { playlist } = await running(50)
      const [full, delta] = [await playlist(), await playlist(`v0/index.m3u8?_HLS_skip=${skip}`)]

      assert.equal(delta.mediaSequence, full.mediaSequence)
      assert.equal(delta.skipped + delta.segments.length, full.segments.length)
      assert.ok(delta.skipped >= 10)
      const kept = delta.segments.reduce((sum, { duration }) => sum + duration, 0)
      assert.ok(kept >= 24 && kept < 28, `${kept} s`)
      assert.deepEqual(
        delta.segments.map(({ uri, parts }) => ({ uri, parts })),
        full.segments.slice(delta.skipped).map(({ uri, parts }) => ({ uri, parts })),
      )
      assert.doesNotMatch(delta.text, /EXT-X-MAP/)
    })

  test('[HLS19] a young broadcast has no delta, and one that waits may ask for it', async () => {
    const young = await running(9)
    assert.equal((await young.playlist('v0/index.m3u8?_HLS_skip=YES')).skipped, 0)
    const { ask, rig, edge } = await running(50)
    const { msn, part } = await edge()
    const asked = await ask(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`)
    rig.run(0.5)

    assert.match((await asked.done).text, /#EXT-X-SKIP:SKIPPED-SEGMENTS=\d+/)
  })

  test('[HLS20] the announced part is sent when it is whole', async () => {
    const { ask, playlist, rig } = await running()
    const { hint } = await playlist()
    const asked = await ask(`v0/${hint}`)
    assert.equal(asked.answer, undefined)
    rig.run(0.3)
    const { status, body, headers } = await asked.done

    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'video/mp4')
    const [, msn, part] = hint!.split('.').map(Number)
    const segment = rig.of('v0').segments.find(({ number }) => number === msn)!
    assert.deepEqual(body, segment.parts[part!]!.bytes)
  })

  test('[HLS20] an announced part that never comes is 404', async () => {
    const { ask, playlist, rig, clock } = await running()
    const { hint } = await playlist()
    const asked = await ask(`v0/${hint}`)
    clock.advance(12_000)
    assert.equal((await asked.done).status, 404)

    const last = await ask(`v0/${hint}`)
    await rig.packager.close('ended')
    assert.equal((await last.done).status, 200, 'what there is of it')
    const after = await ask(`v0/${(await playlist()).segments.at(-1)!.uri!.replace('.m4s', '.99.m4s')}`)
    assert.equal((await after.done).status, 404)
  })

  test('[HLS21] nothing has any other name', async () => {
    const { get, stream, edge } = await running()
    const { run } = stream
    const { msn, part } = await edge()
    const names = [
      `${run}.${msn}.${part + 1}.m4s`,
      `${run}.${msn + 1}.0.m4s`,
      `${run}.${msn}.m4s`,
      `${run}.99.m4s`,
      `${run}.0.99.m4s`,
      `${run}.init1.mp4`,
      `x${run}.0.m4s`,
      `${run}.0.0.0.m4s`,
      `${run}.-1.m4s`,
      `${run}.0.mp4`,
      '0.m4s',
      'init0.mp4',
      '%2e%2e%2findex.m3u8',
      'index.m3u8%00',
      `${run}.0.m4s%2f`,
      '__proto__',
    ]
    for (const name of names) {
      const { status, headers } = await get(`v0/${name}`)
      assert.equal(status, 404, name)
      assert.equal(headers['cache-control'], 'no-store', name)
    }
    for (const path of ['v1/index.m3u8', 'a1/index.m3u8', '__proto__/index.m3u8', `v9/${run}.0.m4s`])
      assert.equal((await get(path)).status, 404, path)
    assert.equal((await get('/hls/nobody/index.m3u8')).status, 404)
    assert.equal((await get('/hls/nobody/v0/index.m3u8')).status, 404)
    assert.equal((await get(`/hls/nobody/v0/${run}.0.m4s`)).status, 404)
  })

  test('[HLS22] the parts of a segment, one behind the other, are its bytes', async () => {
    const { get, playlist, rig } = await running(9, { video: 2 })
    for (const id of ['v0', 'v1', 'a0']) {
      const { segments } = await playlist(`${id}/index.m3u8`)
      for (const { uri, parts, number } of segments.filter((segment) => segment.uri)) {
        const { body, headers } = await get(`${id}/${uri}`)
        assert.equal(Number(headers['content-length']), body.length)
        const packaged = rig.of(id).segments.find((segment) => segment.number === number)!
        assert.deepEqual(body, Buffer.concat(packaged.parts.map(({ bytes }) => bytes)))
        const pieces = await Promise.all(parts.map((part) => get(`${id}/${part.uri}`)))
        if (parts.length > 0) assert.deepEqual(Buffer.concat(pieces.map((piece) => piece.body)), body)
      }
    }
  })

  test('[HLS23] a thousand who wait are answered by one part', async () => {
    const { get, rig, edge, clock } = await running()
    const { msn, part } = await edge()
    const { pending } = clock
    const asked = Array.from({ length: 1000 }, () => get(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`))
    await settled()
    rig.run(0.3)
    const answers = await Promise.all(asked)

    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(clock.pending, pending, 'nothing is left behind')
  })
})
