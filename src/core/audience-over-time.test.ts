import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AudienceCount } from './audience-over-time.ts'

const STEP = { from: 100, to: 150, step: 10 }

function audienceOf(...stays: [from: number, to: number][]) {
  const audience = new AudienceCount(STEP)
  for (const [from, to] of stays) audience.add({ startedAt: from }, to)
  const { points, peak } = audience.result()
  return { viewers: points.map(({ viewers }) => viewers), peak, points }
}

test('[WL42] each step has the most viewers at once, those from before included', () => {
  const { viewers, points, peak } = audienceOf([90, 115], [95, 105], [112, 114], [113, 138], [149, 400])

  assert.deepEqual(viewers, [2, 3, 1, 1, 1])
  assert.deepEqual(
    points.map(({ at }) => at),
    [100, 110, 120, 130, 140],
  )
  assert.deepEqual(peak, { at: 113, viewers: 3 })
})

test('[WL42] who leaves when another comes are not two, and who stayed for no time was not there', () => {
  assert.deepEqual(audienceOf([100, 120], [120, 130], [125, 125]).viewers, [1, 1, 1, 0, 0])
  assert.deepEqual(audienceOf([101, 105], [105, 109]).peak, { at: 101, viewers: 1 })
})

test('[WL42] nobody is no peak, and who was there before or after is nobody', () => {
  const { viewers, peak } = audienceOf([1, 100], [150, 200])

  assert.deepEqual(viewers, [0, 0, 0, 0, 0])
  assert.equal(peak, null)
})

test('[WL42] it agrees with counting heads at every moment', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 50; round++) {
    const stays = Array.from({ length: random(30) }, (): [number, number] => {
      const from = 80 + random(80)
      return [from, from + random(40)]
    })
    const headsAt = (time: number) => stays.filter(([from, to]) => from <= time && time < to).length
    const expected = [100, 110, 120, 130, 140].map((at) =>
      Math.max(...Array.from({ length: 10 }, (_, offset) => headsAt(at + offset))),
    )
    assert.deepEqual(audienceOf(...stays).viewers, expected, JSON.stringify(stays))
  }
})
