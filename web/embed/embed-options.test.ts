import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embedOptions } from './embed-options.ts'

test('[WEB25] without options it plays by itself, offers sound and has controls', () => {
  assert.deepEqual(embedOptions(''), { muted: false, autoplay: true, controls: true })
  assert.deepEqual(embedOptions('?unknown=1'), embedOptions(''))
})

test('[WEB25] a bare name is yes, and 0, false, no and off are no', () => {
  assert.deepEqual(embedOptions('?muted&autoplay&controls'), { muted: true, autoplay: true, controls: true })
  for (const no of ['0', 'false', 'no', 'off', 'OFF'])
    assert.deepEqual(embedOptions(`?muted=${no}&autoplay=${no}&controls=${no}`), {
      muted: false,
      autoplay: false,
      controls: false,
    })
  assert.equal(embedOptions('?muted=1').muted, true)
})
