import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PublicationStatistics } from '../../client/index.ts'
import { healthWarnings, LASTING } from './health-warnings.ts'

const GOOD: PublicationStatistics = {
  bitrate: 2_500_000,
  loss: 0,
  roundTrip: 20,
  framesPerSecond: 30,
  framesEncoded: 900,
  framesDropped: 0,
  width: 1280,
  height: 720,
  videoCodec: 'H264',
  audioCodec: 'opus',
  qualityLimitation: 'none',
  layers: [],
}

function secondsOf(fault: Partial<PublicationStatistics>, count = LASTING): PublicationStatistics[] {
  return Array.from({ length: count }, () => ({ ...GOOD, ...fault }))
}

const codes = (seconds: readonly PublicationStatistics[]) =>
  healthWarnings(seconds, []).map(({ code }) => code)

describe('what the studio warns of', () => {
  for (const [code, fault] of [
    ['cpu', { qualityLimitation: 'cpu' }],
    ['bandwidth', { qualityLimitation: 'bandwidth', bitrate: 300_000 }],
    ['loss', { loss: 0.08 }],
    ['frames', { framesPerSecond: 7 }],
  ] as const)
    test(`[WEB35] "${code}", once it has lasted`, () => {
      assert.deepEqual(codes(secondsOf(fault)), [code])
      assert.deepEqual(codes(secondsOf(fault, LASTING - 1)), [])
      assert.deepEqual(codes([...secondsOf(fault, LASTING - 1), GOOD]), [])
    })

  test('[WEB35] few JPEG frames are no fault: there are as many as are wanted', () => {
    assert.deepEqual(codes(secondsOf({ framesPerSecond: 2, videoCodec: 'JPEG' })), [])
  })

  test('[WEB35] every warning comes with its cure', () => {
    for (const { message, cure } of healthWarnings(secondsOf({ qualityLimitation: 'cpu', loss: 0.5 }), []))
      assert.ok(message !== '' && cure !== '')
  })

  test('[WEB35] a browser that is still finding its rate is not warned of', () => {
    const growing = secondsOf({ qualityLimitation: 'bandwidth' }).map((second, index) => ({
      ...second,
      bitrate: 300_000 + 100_000 * index,
    }))

    assert.deepEqual(codes(growing), [])
  })

  test('[WEB36] what the server says comes first, at once', () => {
    const warning = { code: 'b-frames', message: 'B-frames', cure: 'Set them to 0.' }

    assert.deepEqual(healthWarnings([], [warning]), [warning])
    assert.deepEqual(
      healthWarnings(secondsOf({ loss: 0.2 }), [warning]).map(({ code }) => code),
      ['b-frames', 'loss'],
    )
  })
})
