import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RecordedChat } from '../../client/index.ts'
import { reactionsBetween, saidBy, stretchesAt } from './replayed.ts'

const item = (seconds: number) => ({
  ...{ id: `m${seconds}`, at: '', name: 'A', text: `at ${seconds}`, role: 'guest', author: 'a', seconds },
})
const stretch = (seconds: number[], reactions: RecordedChat['reactions'] = []) =>
  ({ items: seconds.map(item), reactions }) as RecordedChat

describe('a replayed chat', () => {
  test('[CH83] messages appear at their time, and leave when one goes back', () => {
    const stretches = [stretch([1, 5]), stretch([301])]
    const texts = (seconds: number) => saidBy(stretches, seconds).map(({ text }) => text)

    assert.deepEqual(texts(0), [])
    assert.deepEqual(texts(5), ['at 1', 'at 5'])
    assert.deepEqual(texts(400), ['at 1', 'at 5', 'at 301'])
    assert.equal(saidBy([stretch(Array.from({ length: 300 }, (_, n) => n))], 299).length, 100)
  })

  test('[CH83] only what is near is asked for', () => {
    assert.deepEqual(stretchesAt(0), [0])
    assert.deepEqual(stretchesAt(290), [0, 1])
    assert.deepEqual(stretchesAt(700), [1, 2])
    assert.deepEqual(stretchesAt(-1), [0])
  })

  test('[CH84] reactions rise when they are passed, not when they are jumped over', () => {
    const reactions = [
      { seconds: 2, counts: { '👏': 3 } },
      { seconds: 3, counts: { '👏': 1, '🎉': 1 } },
    ]
    const stretches = [stretch([], reactions)]

    assert.deepEqual(reactionsBetween(stretches, 1.9, 3), { '👏': 4, '🎉': 1 })
    assert.equal(reactionsBetween(stretches, 3, 4), undefined)
    assert.equal(reactionsBetween(stretches, 0, 100), undefined)
    assert.equal(reactionsBetween(stretches, 3, 1), undefined)
  })
})
