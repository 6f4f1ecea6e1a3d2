import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeStreamedVideo } from '../test/support/fake-streamed-video.ts'
import { HlsStatistics } from './hls-statistics.ts'

function setUp(t: TestContext) {
  let now = 1000
  t.mock.method(performance, 'now', () => now)
  const video = new FakeStreamedVideo()
  const statistics = new HlsStatistics(video.asVideo())
  const pass = (milliseconds: number) => (now += milliseconds)
  return { video, statistics, pass }
}

test('[CL139] rates are those since the last look', (t) => {
  const { video, statistics, pass } = setUp(t)
  statistics.received(100_000)
  statistics.received(150_000)
  video.frames = { totalVideoFrames: 60, droppedVideoFrames: 2 }
  pass(2000)
  const first = statistics.look({ video: 'avc1.42c01f', audio: 'opus' })
  assert.deepEqual(
    [first.bitrate, first.framesPerSecond, first.framesDecoded, first.framesDropped],
    [1_000_000, 30, 60, 2],
  )
  assert.deepEqual([first.width, first.height], [1280, 720])
  assert.deepEqual([first.videoCodec, first.audioCodec], ['avc1.42c01f', 'opus'])
  pass(1000)
  const second = statistics.look(undefined)

  assert.deepEqual([second.bitrate, second.framesPerSecond, second.videoCodec], [0, 0, null])
  assert.equal(statistics.latest, second)
})

test('[CL139] the buffer is what is there to be played from here, without a hole', (t) => {
  const { video, statistics } = setUp(t)
  assert.equal(statistics.look(undefined).jitterBuffer, 0)
  video.playAt(10, { from: 4, buffered: 12.5 })
  assert.equal(statistics.look(undefined).jitterBuffer, 2500)
  video.currentTime = 3

  assert.equal(statistics.look(undefined).jitterBuffer, 0)
})

test('[CL139] a freeze lasts until pictures come again', (t) => {
  const { video, statistics, pass } = setUp(t)
  statistics.froze()
  pass(1500)
  assert.deepEqual(freezes(), [1, 0])
  video.frames = { totalVideoFrames: 10, droppedVideoFrames: 0 }
  pass(500)
  assert.deepEqual(freezes(), [1, 2000])
  video.frames = { totalVideoFrames: 5, droppedVideoFrames: 0 }
  pass(1000)

  assert.deepEqual(freezes(), [1, 2000])

  function freezes() {
    const { freezeCount, freezeDuration, framesPerSecond } = statistics.look(undefined)
    assert.ok(framesPerSecond >= 0)
    return [freezeCount, freezeDuration]
  }
})
