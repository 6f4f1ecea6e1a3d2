import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DelayReserve } from './delay-reserve.ts'

test('[CL147] without a stall nothing is held back', () => {
  const reserve = new DelayReserve()
  assert.equal(reserve.at(0), 0)
  assert.equal(reserve.at(1e9), 0)
})

test('[CL147] each stall adds half a second, three at most, and 20 quiet seconds take half a second away', () => {
  const reserve = new DelayReserve()
  for (let i = 0; i < 9; i++) reserve.stalled(i * 1000)
  assert.equal(reserve.at(8000), 3)
  assert.equal(reserve.at(27_999), 3)
  assert.equal(reserve.at(28_000), 2.5)
  assert.equal(reserve.at(47_999), 2.5)
  for (let now = 48_000; now <= 200_000; now += 1000) reserve.at(now)

  assert.equal(reserve.at(200_000), 0)
})

test('[CL147] less that led to a stall is tried again later each time, until it goes well', () => {
  const reserve = new DelayReserve()
  let now = 0
  const waits: number[] = []
  reserve.stalled(now)
  for (let i = 0; i < 7; i++) {
    const before = now
    while (reserve.at(now) > 0) now += 1000
    waits.push((now - before) / 1000)
    now += 5000
    reserve.stalled(now)
  }
  assert.deepEqual(waits, [20, 40, 80, 160, 320, 320, 320])
  while (reserve.at(now) > 0) now += 1000
  now += 400_000
  reserve.stalled(now)

  assert.equal(reserve.at(now + 20_000), 0)
})
