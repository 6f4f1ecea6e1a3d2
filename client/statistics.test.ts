import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { publicationStatistics } from './publication-statistics.ts'
import { type Stat, StatsReading } from './stats-reading.ts'
import { viewingStatistics } from './viewing-statistics.ts'

/** Two readings, `milliseconds` apart. */
function compare(before: Stat[], after: Stat[], milliseconds = 1000): StatsReading {
  return new StatsReading(after, 5000 + milliseconds, new StatsReading(before, 5000))
}

const layer = (rid: string, more: Stat): Stat => ({
  id: rid,
  type: 'outbound-rtp',
  kind: 'video',
  rid,
  ...more,
})
const incoming = (more: Stat): Stat => ({ id: 'v', type: 'inbound-rtp', kind: 'video', ...more })

describe('publicationStatistics', () => {
  test('[CL54] rates are per second of what was sent since the reading before', () => {
    const audio = { id: 'a', type: 'outbound-rtp', kind: 'audio', codecId: 'opus' }
    const statistics = publicationStatistics(
      compare(
        [layer('f', { bytesSent: 1000 }), { ...audio, bytesSent: 100 }],
        [
          layer('f', {
            bytesSent: 251_000,
            framesPerSecond: 30,
            framesEncoded: 60,
            codecId: 'h264',
            mediaSourceId: 'm',
          }),
          { ...audio, bytesSent: 12_600 },
          { id: 'h264', type: 'codec', mimeType: 'video/H264' },
          { id: 'opus', type: 'codec', mimeType: 'audio/opus' },
          { id: 'm', type: 'media-source', frames: 64 },
        ],
        2000,
      ),
    )

    assert.equal(statistics.bitrate, 1_050_000)
    assert.equal(statistics.layers[0]?.bitrate, 1_000_000)
    assert.equal(statistics.videoCodec, 'H264')
    assert.equal(statistics.audioCodec, 'opus')
    assert.equal(statistics.framesEncoded, 60)
    assert.equal(statistics.framesDropped, 4)
  })

  test('[CL55] layers come best first, and the best that flows stands for the picture', () => {
    const { layers, width, framesPerSecond, qualityLimitation } = publicationStatistics(
      compare(
        ['q', 'h', 'f'].map((rid) => layer(rid, { bytesSent: 0 })),
        [
          layer('q', { bytesSent: 1000, frameWidth: 320, framesPerSecond: 30 }),
          layer('h', {
            bytesSent: 4000,
            frameWidth: 640,
            framesPerSecond: 25,
            qualityLimitationReason: 'cpu',
          }),
          layer('f', { bytesSent: 0, qualityLimitationReason: 'bandwidth' }),
        ],
      ),
    )

    assert.deepEqual(
      layers.map(({ rid }) => rid),
      ['f', 'h', 'q'],
    )
    assert.deepEqual([width, framesPerSecond, qualityLimitation], [640, 25, 'cpu'])
  })

  test('[CL56] loss is what the receiver reports, by the weight of the packets', () => {
    const report = (localId: string, fractionLost: number): Stat => ({
      id: `r${localId}`,
      type: 'remote-inbound-rtp',
      localId,
      fractionLost,
      roundTripTime: 0.05,
    })
    const { loss, roundTrip } = publicationStatistics(
      compare(
        [layer('f', { packetsSent: 0 }), layer('q', { packetsSent: 0 })],
        [
          layer('f', { packetsSent: 300 }),
          layer('q', { packetsSent: 100 }),
          report('f', 0.2),
          report('q', 0),
        ],
      ),
    )

    assert.equal(loss, 0.15)
    assert.equal(roundTrip, 50)
  })

  test('[CL57] counters that begin again never give negative rates', () => {
    const statistics = publicationStatistics(
      compare([layer('f', { bytesSent: 9000 })], [layer('f', { bytesSent: 10 })]),
    )

    assert.equal(statistics.bitrate, 0)
  })

  test('[CL58] a report without anything is all zero and null', () => {
    assert.deepEqual(publicationStatistics(compare([], [])), {
      bitrate: 0,
      loss: 0,
      roundTrip: null,
      framesPerSecond: 0,
      framesEncoded: 0,
      framesDropped: 0,
      width: 0,
      height: 0,
      videoCodec: null,
      audioCodec: null,
      qualityLimitation: 'none',
      layers: [],
    })
  })
})

describe('viewingStatistics', () => {
  test('[CL59] loss, jitter buffer and rate are those of the last second', () => {
    const statistics = viewingStatistics(
      compare(
        [
          incoming({
            bytesReceived: 0,
            packetsLost: 10,
            packetsReceived: 0,
            jitterBufferDelay: 1,
            jitterBufferEmittedCount: 10,
          }),
        ],
        [
          incoming({
            bytesReceived: 250_000,
            packetsLost: 15,
            packetsReceived: 95,
            jitterBufferDelay: 1.9,
            jitterBufferEmittedCount: 40,
            framesDecoded: 30,
            framesDropped: 2,
            freezeCount: 1,
            totalFreezesDuration: 0.4,
            frameWidth: 1280,
            frameHeight: 720,
          }),
          { id: 't', type: 'transport', selectedCandidatePairId: 'p2' },
          { id: 'p1', type: 'candidate-pair', currentRoundTripTime: 9, nominated: true },
          { id: 'p2', type: 'candidate-pair', currentRoundTripTime: 0.012 },
        ],
      ),
      undefined,
    )

    assert.equal(statistics.bitrate, 2_000_000)
    assert.equal(statistics.loss, 0.05)
    assert.equal(Math.round(statistics.jitterBuffer ?? 0), 30)
    assert.equal(statistics.roundTrip, 12)
    assert.equal(statistics.framesPerSecond, 30)
    assert.deepEqual([statistics.freezeCount, statistics.freezeDuration], [1, 400])
    assert.deepEqual([statistics.width, statistics.height], [1280, 720])
  })

  test('[CL60] browsers that count no freezes have them counted: seconds without a picture, in a row as one', () => {
    const frames = [0, 25, 50, 50, 50, 75, 75]
    let reading = new StatsReading([incoming({ framesDecoded: 0 })], 0)
    let statistics: ReturnType<typeof viewingStatistics> | undefined
    const counted = frames.slice(1).map((framesDecoded, second) => {
      reading = new StatsReading([incoming({ framesDecoded })], (second + 1) * 1000, reading)
      statistics = viewingStatistics(reading, statistics)
      return [statistics.freezeCount, statistics.freezeDuration]
    })

    assert.deepEqual(counted, [
      [0, 0],
      [0, 0],
      [1, 1000],
      [1, 2000],
      [1, 2000],
      [2, 3000],
    ])
  })

  test('[CL58] what a browser does not tell is null', () => {
    const { roundTrip, jitterBuffer, videoCodec, loss } = viewingStatistics(compare([], []), undefined)

    assert.deepEqual([roundTrip, jitterBuffer, videoCodec, loss], [null, null, null, 0])
  })
})
