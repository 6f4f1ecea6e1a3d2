import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { csvText } from './csv-text.ts'
import { oneOf, tableSearchIn } from './table-search.ts'

describe('tables of administration', () => {
  test('[AD30] what a table shows stands in its address, and nothing that makes no sense', () => {
    assert.deepEqual(tableSearchIn({ q: 'roses', only: 'live', page: 2 }), {
      q: 'roses',
      only: 'live',
      page: 2,
    })
    assert.deepEqual(tableSearchIn({ q: 7, only: '<b>', page: 'x', other: 1 }), { q: '7' })
    assert.deepEqual(tableSearchIn({ page: 1 }), {})
    assert.equal(oneOf(['live', 'ended'], 'live'), 'live')
    assert.equal(oneOf(['live', 'ended'], 'gone'), undefined)
  })

  test('[AD31] exported cells are quoted where they must be, and none is a formula', () => {
    assert.equal(
      csvText(
        ['id', 'title'],
        [
          ['a', 'Roses, "red"'],
          ['=1+1', null],
          [-3, true],
        ],
      ),
      'id,title\r\na,"Roses, ""red"""\r\n\'=1+1,\r\n-3,true\r\n',
    )
  })
})
