import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertLegalUpdate, type ReadPlaylist } from '../../../test/support/hls-playlist.ts'
import { EVERYTHING, hlsRig, settled } from '../../../test/support/hls-rig.ts'
import { PARAMETER_SETS, type PackagingRig } from '../../../test/support/packaging-rig.ts'

type Step = (rig: PackagingRig) => void

/** What may happen to a broadcast, in seconds of it. */
const LIVES: Record<string, { steps: Step[]; steady?: boolean }> = {
  'one publisher': { steps: [(rig) => rig.publish(), (rig) => rig.run(90)] },
  'three layers': { steps: [(rig) => rig.publish({ video: 3 }), (rig) => rig.run(40)] },
  'sound alone': { steps: [(rig) => rig.publish({ video: 0 }), (rig) => rig.run(40)] },
  'a picture alone': { steps: [(rig) => rig.publish({ audio: false }), (rig) => rig.run(40)] },
  'ten irregular frames a second': {
    steps: [(rig) => rig.publish({}, { video: { rate: 10, jitter: 0.08 } }), (rig) => rig.run(40)],
  },
  'key frames every 5 s': {
    steps: [(rig) => rig.publish({}, { video: { answers: false, keyEvery: 5 } }), (rig) => rig.run(40)],
  },
  'publishers that come and go': {
    steps: [1, 2, 3].flatMap((video) => [
      (rig: PackagingRig) => rig.publish({ video }),
      (rig: PackagingRig) => rig.run(9.3),
      (rig: PackagingRig) => (rig.sources = []),
      (rig: PackagingRig) => rig.run(3),
    ]),
  },
  'a layer that pauses': {
    steps: [
      (rig) => rig.publish({ video: 2 }),
      (rig) => rig.run(9),
      (rig) => (rig.sources[1]!.active = false),
      (rig) => rig.run(7),
      (rig) => (rig.sources[1]!.active = true),
      (rig) => rig.run(9),
    ],
  },
  'a picture that stands still': {
    steps: [
      (rig) => rig.publish(),
      (rig) => rig.run(9),
      (rig) => (rig.sources[0]!.active = false),
      (rig) => rig.run(15),
      (rig) => (rig.sources[0]!.active = true),
      (rig) => rig.run(9),
    ],
    steady: false,
  },
  'a picture that changes its size': {
    steps: [
      (rig) => rig.publish(),
      (rig) => rig.run(9),
      (rig) => {
        rig.sources[0]!.parameterSets = PARAMETER_SETS.large
        rig.sources[0]!.requested()
      },
      (rig) => rig.run(9),
    ],
  },
}

const IDS = ['v0', 'v1', 'v2', 'a0']

describe('playlists', () => {
  for (const [name, { steps, steady = true }] of Object.entries(LIVES))
    test(`[HLS1] [HLS2] ${name}`, async () => {
      const { begin, get, playlist } = await hlsRig()
      const { rig, stream } = begin()
      const latest = new Map<string, ReadPlaylist>()
      const look = async () => {
        for (const id of IDS) {
          if ((await get(`${id}/index.m3u8`)).status !== 200) continue
          const now = await playlist(`${id}/index.m3u8`, { steady })
          const delta = await playlist(`${id}/index.m3u8?_HLS_skip=YES`, { steady })
          const before = latest.get(id)
          if (before) {
            assertLegalUpdate(before, now)
            assertLegalUpdate(before, delta)
          }
          latest.set(id, now)
        }
        assert.equal(stream.isOver, false)
      }
      for (const step of steps) {
        const run = rig.run.bind(rig)
        let left = 0
        rig.run = (seconds) => void (left = seconds)
        step(rig)
        rig.run = run
        for (; left > 0.001; left -= 0.7) {
          rig.run(Math.min(0.7, left))
          await look()
        }
      }
      await rig.packager.close('ended')
      await settled()

      assert.ok(latest.size > 0)
      for (const [id, before] of latest) {
        const last = await playlist(`${id}/index.m3u8`, { steady })
        assert.ok(last.ended)
        assertLegalUpdate({ ...before, segments: before.segments.filter(({ uri }) => uri) }, last)
      }
    })

  test('[HLS3] everything that a player of low latency needs', async () => {
    const { begin, playlist } = await hlsRig()
    const { rig, stream } = begin()
    rig.publish({ video: 2 })
    rig.run(9)
    const { control, partTarget, targetDuration, segments, hint, reports, version, independent } =
      await playlist()

    assert.equal(version, 6)
    assert.equal(targetDuration, 4)
    assert.equal(partTarget, 0.252)
    assert.deepEqual(Object.fromEntries(control), {
      'CAN-BLOCK-RELOAD': 'YES',
      'PART-HOLD-BACK': '0.8064',
      'HOLD-BACK': '12',
      'CAN-SKIP-UNTIL': '24',
    })
    assert.equal(independent, true)
    assert.equal(segments[0]?.number, 0)
    assert.equal(Math.round(segments[0].startedAt - rig.epochOf(0)), 0)
    const last = segments.at(-1)!
    assert.equal(hint, `${stream.run}.${last.number}.${last.parts.length}.m4s`)
    assert.deepEqual(
      reports.map((report) => report.get('URI')),
      ['../a0/index.m3u8', '../v1/index.m3u8'],
    )
    for (const report of reports) {
      const other = await playlist(report.get('URI')!.slice(3))
      assert.equal(Number(report.get('LAST-MSN')), other.segments.at(-1)!.number)
      assert.equal(Number(report.get('LAST-PART')), other.segments.at(-1)!.parts.length - 1)
    }
  })

  test('[HLS4] parts of the three latest segments, and which of them are independent', async () => {
    const { begin, playlist } = await hlsRig()
    const { rig } = begin()
    rig.publish()
    for (let step = 0; step < 60; step++) {
      rig.run(0.25)
      const { segments } = await playlist().catch(() => ({ segments: [] }))
      const withParts = segments.filter(({ parts }) => parts.length > 0)
      assert.ok(withParts.length >= Math.min(2, segments.length) && withParts.length <= 3)
      for (const { parts } of withParts)
        assert.deepEqual(
          parts.map(({ independent }) => independent),
          [true, ...parts.slice(1).map(() => false)],
        )
    }
    const { segments } = await playlist('a0/index.m3u8')
    assert.ok(segments.at(-1)!.parts.every(({ independent }) => independent))
  })

  test('[HLS5] a new initialization where it begins, and the first one where the list begins', async () => {
    const { begin, playlist, get } = await hlsRig()
    const { rig } = begin()
    rig.publish()
    rig.run(5)
    rig.sources[0]!.parameterSets = PARAMETER_SETS.large
    rig.sources[0]!.requested()
    rig.run(5)
    const { text, segments } = await playlist()

    assert.equal(text.match(/#EXT-X-MAP/g)?.length, 2)
    const maps = new Set(segments.map(({ map }) => map))
    assert.equal(maps.size, 2)
    const [small, large] = await Promise.all([...maps].map((uri) => get(`v0/${uri}`)))
    assert.notDeepEqual(small!.body, large!.body)
    assert.deepEqual(large!.body, rig.of('v0').segments.at(-1)!.initialization.bytes)
  })

  test('[HLS6] a gap has the number, duration and date of what the others have', async () => {
    const { begin, playlist } = await hlsRig()
    const { rig } = begin()
    rig.publish({ video: 2 })
    rig.run(7)
    rig.sources[1]!.active = false
    rig.run(9)
    const [best, paused] = [await playlist('v0/index.m3u8'), await playlist('v1/index.m3u8')]
    const gaps = paused.segments.filter(({ gap }) => gap)

    assert.ok(gaps.length >= 3)
    for (const { number, duration, startedAt } of gaps) {
      const other = best.segments.find((segment) => segment.number === number)!
      assert.ok(Math.abs(other.duration - duration) < 0.05 && Math.abs(other.startedAt - startedAt) < 50)
    }
    const report = best.reports.find((each) => each.get('URI')?.includes('v1'))!
    assert.equal(Number(report.get('LAST-MSN')), gaps.at(-1)!.number)
  })

  test('[HLS7] discontinuities are tagged, and counted when they left the window', async () => {
    const { begin, playlist } = await hlsRig({ window: 20 })
    const { rig } = begin()
    for (const video of [1, 1, 2]) {
      rig.publish({ video })
      rig.run(6)
    }
    const early = await playlist()
    assert.equal(early.discontinuitySequence, 0)
    assert.equal(early.segments.filter(({ discontinuity }) => discontinuity).length, 2)
    assert.equal((await playlist('v1/index.m3u8')).segments.at(-1)!.discontinuities, 2)
    rig.run(40)
    for (const id of ['v0', 'v1', 'a0']) {
      const late = await playlist(`${id}/index.m3u8`)
      assert.equal(late.discontinuitySequence, 2, id)
      assert.ok(late.segments.every(({ discontinuity }) => !discontinuity))
    }
  })

  test('[HLS8] independent segments are claimed until one is not', async () => {
    const { begin, playlist, get } = await hlsRig({ window: 20 })
    const { rig } = begin()
    rig.publish({}, { video: { answers: false, keyEvery: 3 } })
    rig.run(7)
    assert.equal((await playlist()).independent, true)
    assert.match((await get('index.m3u8')).text, /INDEPENDENT-SEGMENTS/)
    rig.publish({}, { video: { answers: false, keyEvery: 6 } })
    rig.run(7)
    assert.equal((await playlist()).independent, false)
    assert.doesNotMatch((await get('index.m3u8')).text, /INDEPENDENT-SEGMENTS/)
    rig.publish()
    rig.run(60)

    const { independent, segments } = await playlist()
    assert.ok(segments.every(({ parts }) => parts[0]?.independent ?? true))
    assert.equal(independent, false)
  })

  test('[HLS9] the end', async () => {
    const { begin, playlist, get } = await hlsRig()
    const { rig } = begin()
    rig.publish()
    rig.run(9)
    await rig.packager.close('ended')
    await settled()
    const { ended, hint, text, segments } = await playlist()

    assert.ok(ended && hint === undefined)
    assert.doesNotMatch(text, /PART|SERVER-CONTROL|RENDITION-REPORT/)
    assert.ok(segments.every(({ uri }) => uri !== undefined))
    for (const query of [
      '_HLS_msn=999',
      '_HLS_part=1',
      '_HLS_msn=x',
      '_HLS_skip=YES',
      '_HLS_msn=5&_HLS_part=99',
    ])
      assert.equal((await get(`v0/index.m3u8?${query}`)).text, text, query)
  })

  test('[HLS10] the window moves on, and what left it stays as long as a list that named it', async () => {
    const { begin, playlist, get } = await hlsRig({ window: 20 })
    const { rig } = begin()
    rig.publish()
    rig.run(30)
    const { segments, mediaSequence } = await playlist()
    const listed = segments.reduce((sum, { duration }) => sum + duration, 0)
    assert.ok(mediaSequence > 0)
    assert.ok(listed >= 18 && listed <= 25, `${listed} s`)
    const [oldest] = segments

    rig.run(20)
    assert.ok((await playlist()).mediaSequence > oldest!.number)
    assert.equal((await get(`v0/${oldest!.uri}`)).status, 200)
    assert.equal((await get(`v0/${oldest!.map}`)).status, 200)
    rig.run(25)
    assert.equal((await get(`v0/${oldest!.uri}`)).status, 404)
  })

  test('[HLS10] gaps move the window on as well', async () => {
    const { begin, playlist, get } = await hlsRig({ window: 20 })
    const { rig } = begin()
    rig.publish()
    rig.run(5)
    const { segments } = await playlist('a0/index.m3u8')
    rig.publish({ audio: false })
    rig.run(75)

    assert.equal((await get(`a0/${segments[0]!.uri}`)).status, 404)
  })

  test('[HLS11] what can be watched from the beginning is an EVENT', async () => {
    const { begin, playlist } = await hlsRig({ window: Infinity, archive: EVERYTHING })
    const { rig } = begin()
    rig.publish()
    rig.run(10)
    const before = await playlist()
    rig.run(200)
    const after = await playlist()

    assert.equal(after.type, 'EVENT')
    assert.equal(after.mediaSequence, 0)
    assertLegalUpdate(before, after)
  })
})
