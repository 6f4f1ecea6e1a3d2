import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import { measureClockOffset } from './clock-sync.ts'
import { latencyOf } from './latency-meter.ts'

const TIME = 'https://live.example/api/time'

/** Answers that take as long as `delays` say each way, from a server that is `ahead`. */
function setUp(t: TestContext, delays: [number, number][], ahead: number) {
  const browser = new FakeBrowser(t)
  let clock = 1000
  let asked = 0
  browser.answer = () => {
    const [there, back] = delays[asked++] ?? [0, 0]
    const now = clock + there + ahead
    clock += there + back
    return Response.json({ now })
  }
  return { browser, now: () => clock }
}

describe('the clock', () => {
  test('[CL61] of five answers the quickest is believed', async (t) => {
    const { browser, now } = setUp(
      t,
      [
        [80, 20],
        [30, 90],
        [5, 5],
        [200, 0],
        [40, 10],
      ],
      5000,
    )

    assert.deepEqual(await measureClockOffset(TIME, { now }), { offset: 5000, roundTrip: 10 })
    assert.equal(browser.requests.length, 5)
  })

  test('[CL62] a server that gives no time is an error', async (t) => {
    const { browser } = setUp(t, [], 0)
    browser.answer = () => Response.json({})
    await assert.rejects(measureClockOffset(TIME))
    browser.answer = () => new TypeError('failed to fetch')

    await assert.rejects(measureClockOffset(TIME))
  })

  test('[CL63] RTP timestamps may wrap around between the clock and the picture', () => {
    const clock = { rtpTimestamp: 0xffff_ffff - 44_999, capturedAt: 10_000 }

    assert.equal(Math.round(latencyOf(45_000, 11_200, clock)), 200)
    assert.equal(Math.round(latencyOf(clock.rtpTimestamp - 90_000, 9_100, clock)), 100)
  })
})
