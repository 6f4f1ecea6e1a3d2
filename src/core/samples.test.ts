import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type Reading, SAMPLE_STEP, Samples } from './samples.ts'

function setUp() {
  const clock = new FakeClock()
  const reading: { -readonly [Name in keyof Reading]: Reading[Name] } = {
    ...{ live: 1, viewers: 2, bytesIn: 0, bytesOut: 0, processorSeconds: 0, memory: 100, loopLag: 0.01 },
  }
  const samples = new Samples({ read: () => ({ ...reading }), clock })
  const step = (changes: Partial<Reading> = {}) => {
    Object.assign(reading, changes)
    clock.advance(SAMPLE_STEP.hour)
  }
  return { clock, samples, step }
}

describe('samples', () => {
  test('[AD1] totals become rates; what began again at nothing is no rate', () => {
    const { samples, step } = setUp()
    step({ bytesIn: 5_000, bytesOut: 10_000, processorSeconds: 2.5 })
    const { bitrateIn, bitrateOut, processor, viewers } = samples.latest()
    assert.deepEqual([bitrateIn, bitrateOut, processor, viewers], [8_000, 16_000, 0.5, 2])
    step({ bytesIn: 10, bytesOut: 20, processorSeconds: 0 })
    assert.deepEqual([samples.latest().bitrateIn, samples.latest().processor], [0, 0])
  })

  test('[AD2] an hour is kept in small steps, a day in large ones, and no more', () => {
    const { samples, step } = setUp()
    assert.deepEqual(samples.over('hour'), [])
    assert.equal(samples.latest().viewers, 2)
    for (let count = 0; count < 24; count++) step({ viewers: count === 3 ? 9 : 1, bytesIn: count * 5_000 })
    assert.equal(samples.over('hour').length, 24)
    const [day] = samples.over('day')
    assert.deepEqual([samples.over('day').length, day?.viewers, day?.bitrateIn], [1, 9, (23 * 8_000) / 24])
    for (let count = 0; count < 20_000; count++) step()
    assert.deepEqual([samples.over('hour').length, samples.over('day').length], [720, 720])
  })

  test('[AD3] it stops when it is disposed of', () => {
    const { clock, samples } = setUp()
    samples[Symbol.dispose]()
    assert.equal(clock.pending, 0)
  })
})
