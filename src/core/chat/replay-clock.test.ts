import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordedSegment } from '../recording/journal.ts'
import { ReplayClock } from './replay-clock.ts'

const START = 1_795_000_000_000
const segment = (startedAt: number, duration: number, missing?: true): RecordedSegment => ({
  ...{ number: 0, file: 0, offset: 0, size: 1, sha256: '', period: 0 },
  ...{ startedAt: START + startedAt * 1000, duration },
  ...(missing && { missing }),
})

test('[CH50] a second of a recording is when it was on air, without the gaps', () => {
  const video = {
    kind: 'video',
    segments: [segment(0, 4), segment(4, 4), segment(60, 4), segment(64, 2)],
  } as const
  const audio = { kind: 'audio', segments: [segment(0, 1)] } as const
  const clock = new ReplayClock([audio, video])

  assert.equal(clock.timeAt(0), START)
  assert.equal(clock.timeAt(5), START + 5000)
  assert.equal(clock.timeAt(9), START + 61_000)
  assert.equal(clock.timeAt(99), START + 64_000 + 87_000)
  assert.equal(clock.secondsAt(START - 1), 0)
  assert.equal(clock.secondsAt(START + 5000), 5)
  assert.equal(clock.secondsAt(START + 61_000), 9)
})

test('[CH50] what was said in a gap belongs before it, and what is missing is a gap', () => {
  const clock = new ReplayClock([
    { kind: 'audio', segments: [segment(0, 4), segment(4, 4, true), segment(8, 4)] },
  ])

  assert.equal(clock.secondsAt(START + 6000), 3.999)
  assert.equal(clock.timeAt(4), START + 8000)
  assert.equal(new ReplayClock([]).timeAt(0), undefined)
  assert.equal(new ReplayClock([]).secondsAt(START), 0)
})
