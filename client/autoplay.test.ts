import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeVideo } from '../test/support/fake-media.ts'
import { Autoplay } from './autoplay.ts'
import type { Playback } from './viewing.ts'

function setUp(refuses: FakeVideo['refuses'] = 'nothing') {
  const video = new FakeVideo()
  video.refuses = refuses
  const told: Playback[] = []
  const abort = new AbortController()
  const autoplay = new Autoplay(video.asVideo(), {
    onPlayback: (playback) => told.push(playback),
    signal: abort.signal,
  })
  return { video, told, autoplay, abort }
}

test('[CL36] it plays with sound where the browser lets it, in the page and not full screen', async () => {
  const { video, told, autoplay } = setUp()
  await autoplay.start()

  assert.equal(video.playsInline, true)
  assert.equal(video.muted, false)
  assert.deepEqual([autoplay.playback, told], ['playing', []])
})

test('[CL36] what may not be heard is played silently, and what may not be seen waits for a tap', async () => {
  const silent = setUp('sound')
  await silent.autoplay.start()
  assert.deepEqual([silent.autoplay.playback, silent.video.muted], ['muted', true])
  const refused = setUp('everything')
  await refused.autoplay.start()
  assert.deepEqual([refused.autoplay.playback, refused.told], ['needs-tap', ['needs-tap']])

  for (const { video, autoplay } of [silent, refused]) {
    video.refuses = 'nothing'
    await autoplay.play()
    assert.deepEqual([autoplay.playback, video.muted], ['playing', false])
  }
})

test('[CL36] a silence that the page chose is kept by the tap', async () => {
  const { video, autoplay } = setUp()
  video.muted = true
  await autoplay.start()
  await autoplay.play()

  assert.equal(video.muted, true)
})

test('[CL36] nothing is told after the signal', async () => {
  const { video, told, autoplay, abort } = setUp('sound')
  await autoplay.start()
  abort.abort()
  video.muted = false

  assert.deepEqual(told, ['muted'])
})
