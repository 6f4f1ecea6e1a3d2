import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchTarget } from './watch-target.ts'

const SERVER = new URL('https://live.example/')

test('[WEB11] ids and links of this server lead to its player', () => {
  for (const text of [
    'lecture_1-a',
    '  lecture_1-a ',
    'https://live.example/view/lecture_1-a/',
    'https://live.example/view/lecture_1-a?from=mail#top',
    'https://live.example/embed/lecture_1-a',
    '/view/lecture_1-a/',
  ])
    assert.deepEqual(watchTarget(text, SERVER), { id: 'lecture_1-a' }, text)
})

test('[WEB11] a private link keeps its token', () => {
  assert.deepEqual(watchTarget('https://live.example/view/x/?token=a.b.c', SERVER), {
    id: 'x',
    token: 'a.b.c',
  })
})

test('[WEB11] a link of another server leads there', () => {
  const target = watchTarget('http://other.example/live/view/x/', SERVER)

  assert.deepEqual(target, { elsewhere: new URL('http://other.example/live/view/x/') })
})

test('[WEB11] anything else leads nowhere', () => {
  for (const text of [
    '',
    'two words',
    'a'.repeat(65),
    'https://live.example/',
    'https://live.example/view/',
    'https://live.example/view/a/b/',
    'javascript:alert(1)//view/x',
    'data:text/html,/view/x',
    '<b>',
  ])
    assert.equal(watchTarget(text, SERVER), undefined, text)
})
