import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrackView } from '../../client/index.ts'
import { hasSound, isAudioOnly } from './audio-only.ts'

const AUDIO: TrackView = { kind: 'audio', codec: 'opus', clockRate: 48_000, layers: [{ rid: '' }] }
const VIDEO: TrackView = { kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: '' }] }

test('[WEB24] sound alone is known as such; nothing known yet is not', () => {
  assert.equal(isAudioOnly({ tracks: [AUDIO] }), true)
  assert.equal(isAudioOnly({ tracks: [AUDIO, VIDEO] }), false)
  assert.equal(isAudioOnly({ tracks: [] }), false)
})

test('[FR55] where there are pictures alone, there is no sound; nothing known yet may have it', () => {
  assert.equal(hasSound({ tracks: [VIDEO] }), false)
  assert.equal(hasSound({ tracks: [AUDIO, VIDEO] }), true)
  assert.equal(hasSound({ tracks: [] }), true)
})
