import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { ffmpegCommand } from './ffmpeg-command.ts'

const WHIP = 'http://127.0.0.1:8000/whip/lecture'

/** What a shell makes of the command: its words. */
function wordsOf(command: string): string[] {
  const listing = command.replace(/^ffmpeg/, `printf '%s\\n'`)
  return execFileSync('sh', ['-c', listing], { encoding: 'utf8' }).trimEnd().split('\n')
}

test('[WEB33] it asks for no B-frames, regular key frames and Opus, as WebRTC needs', () => {
  const words = wordsOf(ffmpegCommand(WHIP, 'sk_abc-1')).join(' ')

  for (const wanted of [
    '-bf 0',
    '-g 60',
    '-c:v libx264',
    '-c:a libopus',
    '-f whip',
    '-authorization sk_abc-1',
  ])
    assert.ok(words.includes(wanted), wanted)
  assert.ok(words.endsWith(WHIP))
})

test('[WEB33] no key and no address can become anything but one word of the shell', () => {
  const key = `it's $(reboot) "; rm -rf / #`
  const address = `${WHIP}?a=1&b='x'`
  const words = wordsOf(ffmpegCommand(address, key))

  assert.equal(words[words.indexOf('-authorization') + 1], key)
  assert.equal(words.at(-1), address)
})
