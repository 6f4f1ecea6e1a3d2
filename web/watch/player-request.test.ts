import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playerRequest } from './player-request.ts'

const PLAYING = { paused: false, muted: false }
const PAUSED = { paused: true, muted: true }
const INLINE = { fullScreen: false, floating: false }
const AWAY = { fullScreen: true, floating: true }

test('[WEB20] each key asks for the opposite of what is', () => {
  const asked = [' ', 'k', 'm', 'f', 'p'].map((key) => [
    playerRequest(key, PLAYING, INLINE),
    playerRequest(key, PAUSED, AWAY),
  ])

  assert.deepEqual(asked, [
    ['mediapauserequest', 'mediaplayrequest'],
    ['mediapauserequest', 'mediaplayrequest'],
    ['mediamuterequest', 'mediaunmuterequest'],
    ['mediaenterfullscreenrequest', 'mediaexitfullscreenrequest'],
    ['mediaenterpiprequest', 'mediaexitpiprequest'],
  ])
})

test('[WEB20] other keys are left to the page', () => {
  for (const key of ['Tab', 'Enter', 'Escape', 'a', '/', 'F5'])
    assert.equal(playerRequest(key, PLAYING, INLINE), undefined)
})
