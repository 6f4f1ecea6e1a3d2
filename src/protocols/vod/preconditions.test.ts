import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatHttpDate, parseHttpDate } from './http-date.ts'
import { type AskedHeaders, checkPreconditions, rangeHolds } from './preconditions.ts'

const FILE = { etag: '"abc"', modified: 784_111_777 }
const THEN = 'Sun, 06 Nov 1994 08:49:37 GMT'
const BEFORE = 'Sun, 06 Nov 1994 08:49:36 GMT'
const AFTER = 'Sun, 06 Nov 1994 08:49:38 GMT'

describe('preconditions', () => {
  const table: [AskedHeaders, ReturnType<typeof checkPreconditions>][] = [
    [{}, 'proceed'],
    [{ 'if-match': '"abc"' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"x", "abc"' }, 'proceed'],
    [{ 'if-match': '"x,y","abc"' }, 'proceed'],
    [{ 'if-match': 'W/"abc"' }, 'failed'],
    [{ 'if-match': '"x"' }, 'failed'],
    [{ 'if-match': 'abc' }, 'failed'],
    [{ 'if-match': '"x, \\"abc\\""' }, 'failed'],
    [{ 'if-unmodified-since': THEN }, 'proceed'],
    [{ 'if-unmodified-since': AFTER }, 'proceed'],
    [{ 'if-unmodified-since': BEFORE }, 'failed'],
    [{ 'if-unmodified-since': 'yesterday' }, 'proceed'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': BEFORE }, 'proceed'],
    [{ 'if-none-match': '"abc"' }, 'not-modified'],
    [{ 'if-none-match': 'W/"abc"' }, 'not-modified'],
    [{ 'if-none-match': '*' }, 'not-modified'],
    [{ 'if-none-match': '"x", W/"abc"' }, 'not-modified'],
    [{ 'if-none-match': '"x"' }, 'proceed'],
    [{ 'if-modified-since': THEN }, 'not-modified'],
    [{ 'if-modified-since': AFTER }, 'not-modified'],
    [{ 'if-modified-since': BEFORE }, 'proceed'],
    [{ 'if-modified-since': '1994' }, 'proceed'],
    [{ 'if-none-match': '"x"', 'if-modified-since': AFTER }, 'proceed'],
    [{ 'if-match': '"x"', 'if-none-match': '"abc"' }, 'failed'],
    [{ 'if-unmodified-since': BEFORE, 'if-modified-since': AFTER }, 'failed'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not-modified'],
  ]
  for (const [headers, expected] of table)
    test(`[RD4] ${JSON.stringify(headers)} → ${expected}`, () => {
      assert.equal(checkPreconditions(headers, FILE), expected)
    })

  const conditions: [string | undefined, boolean][] = [
    [undefined, true],
    ['"abc"', true],
    ['W/"abc"', false],
    ['"x"', false],
    [THEN, true],
    [BEFORE, false],
    [AFTER, false],
    ['abc', false],
    ['', false],
  ]
  for (const [ifRange, holds] of conditions)
    test(`[RD3] If-Range ${ifRange ?? 'absent'}: the range ${holds ? 'holds' : 'does not hold'}`, () => {
      assert.equal(rangeHolds(ifRange, FILE), holds)
    })
})

describe('dates', () => {
  for (const text of [THEN, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
    test(`[RD19] ${text}`, () => {
      assert.equal(parseHttpDate(text), FILE.modified)
    })

  for (const text of [
    '',
    '0',
    '1994-11-06T08:49:37Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    `${THEN}+1`,
    'Sun, 99 Nov 1994 08:49:37 GMT',
  ])
    test(`[RD19] "${text}" is none`, () => {
      assert.equal(parseHttpDate(text), undefined)
    })

  test('[RD19] they are written in the first form', () => {
    assert.equal(formatHttpDate(FILE.modified), THEN)
  })
})
