import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { RetriedDenials } from './retried-denials.ts'

const HOUR = 3_600_000
const PATH = 'anna/s1'

/** A storage that is away for so many tries. */
function rig(failures: number) {
  const clock = new FakeClock()
  const tries: number[] = []
  const late: string[] = []
  const denials = new RetriedDenials({
    clock,
    storage: {
      async deny() {
        tries.push(clock.monotonic())
        if (tries.length <= failures) throw new Error('the storage is away')
      },
    },
    onLate: (path) => late.push(path),
  })
  /** Second by second, so that each try is answered before the next is due. */
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 1000) {
      clock.advance(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { clock, tries, late, denials, pass, until: clock.now() + HOUR }
}

describe('denials that are tried again', () => {
  test('[PV94] what the storage takes at once is asked once', async () => {
    const { denials, tries, late, pass, until } = rig(0)
    await denials.deny(PATH, until)
    await pass(10_000)
    assert.deepEqual([tries, late], [[0], []])
  })

  test('[PV94] a storage that is away is asked again, less and less often, until it takes it', async () => {
    const { denials, tries, late, pass, until } = rig(4)
    await assert.rejects(denials.deny(PATH, until), /away/)
    await pass(120_000)
    assert.deepEqual(tries, [0, 2000, 6000, 14_000, 30_000])
    assert.deepEqual(late, [PATH])
  })

  test('[PV94] nothing is asked for longer than the credentials hold', async () => {
    const { clock, denials, tries, late, pass } = rig(Infinity)
    await assert.rejects(denials.deny(PATH, clock.now() + 10_000), /away/)
    await pass(60_000)
    assert.deepEqual(tries, [0, 2000, 6000])
    assert.deepEqual([late, clock.pending], [[], 0])
  })

  test('[PV94] nothing is asked after the end of the server', async () => {
    const { clock, denials, tries, until } = rig(Infinity)
    await assert.rejects(denials.deny(PATH, until), /away/)
    denials[Symbol.dispose]()
    clock.advance(HOUR)
    assert.equal(tries.length, 1)
  })
})
