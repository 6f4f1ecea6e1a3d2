import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MULTIPLE_TABLE, RANGE_TABLE, type RangeRow, TABLE_SIZE } from '../../../test/support/range-table.ts'
import { type AskedRanges, parseRange, STANDARD_PATTERN } from './parse-range.ts'
import { compileRangePattern, rangePatternFault } from './range-pattern.ts'

function meaning({ status, range, ranges }: RangeRow): AskedRanges {
  if (status === 200) return 'whole'
  return status === 416 ? 'unsatisfiable' : (ranges ?? (range ? [range] : []))
}

describe('parseRange', () => {
  for (const row of RANGE_TABLE)
    test(`[RD1] ${row.header.slice(0, 40)}`, () => {
      assert.deepEqual(parseRange(row.header, TABLE_SIZE), meaning(row))
    })

  for (const row of MULTIPLE_TABLE)
    test(`[RD2] ${row.header}`, () => {
      assert.deepEqual(parseRange(row.header, TABLE_SIZE), meaning(row))
    })

  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0', 'bytes=5-'])
    test(`[RD1] ${header} of an empty file is unsatisfiable`, () => {
      assert.equal(parseRange(header, 0), 'unsatisfiable')
    })

  test('[RD1] without a header it is the whole file', () => {
    assert.equal(parseRange(undefined, TABLE_SIZE), 'whole')
  })

  test('[RD1] [RD2] whatever the header, ranges lie in the file and do not overlap', () => {
    const position = fc.oneof(fc.nat(30).map(String), fc.constant(''), fc.string({ maxLength: 3 }))
    const specifier = fc.tuple(position, position).map((ends) => ends.join('-'))
    const header = fc.oneof(
      fc.array(specifier, { maxLength: 7 }).map((all) => `bytes=${all.join(',')}`),
      fc.string(),
    )
    fc.assert(
      fc.property(header, fc.nat(25), (text, size) => {
        const ranges = parseRange(text, size)
        if (typeof ranges === 'string') return
        const seen = new Set<number>()
        assert.ok(ranges.length >= 1 && ranges.length <= 5)
        for (const { from, to } of ranges) {
          assert.ok(from < to && to <= size)
          for (let byte = from; byte < to; byte++) assert.ok(seen.size < seen.add(byte).size)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a pattern for Range headers', () => {
  const items = compileRangePattern(String.raw`^items=(\d+)-(\d*)$`)
  const custom: [string, AskedRanges][] = [
    ['items=0-8', [{ from: 0, to: 9 }]],
    ['ITEMS=990-', [{ from: 990, to: 1000 }]],
    ['items=1000-', 'unsatisfiable'],
    ['bytes=0-8', 'whole'],
    ['items=8-0', 'whole'],
    [' items=0-8', 'whole'],
  ]
  for (const [header, expected] of custom)
    test(`[RD18] "${header}" with a pattern of one's own`, () => {
      assert.deepEqual(parseRange(header, TABLE_SIZE, items), expected)
    })

  test('[RD18] it counts from the beginning of the header, and need not reach the end', () => {
    const pattern = compileRangePattern(String.raw`bytes=(\d*)-(\d*)`)
    assert.deepEqual(parseRange('bytes=0-8,20-30', TABLE_SIZE, pattern), [{ from: 0, to: 9 }])
    assert.deepEqual(parseRange('bytes=-10', TABLE_SIZE, pattern), [{ from: 990, to: 1000 }])
    assert.equal(parseRange('x bytes=0-8', TABLE_SIZE, pattern), 'whole')
  })

  test('[RD18] groups that hold no numbers count for nothing', () => {
    assert.equal(parseRange('bytes=a-b', TABLE_SIZE, compileRangePattern('bytes=(.)-(.)')), 'whole')
  })

  test('[RD18] the known default stands for the whole standard', () => {
    const pattern = compileRangePattern(STANDARD_PATTERN)
    for (const row of [...RANGE_TABLE, ...MULTIPLE_TABLE])
      assert.deepEqual(parseRange(row.header, TABLE_SIZE, pattern), meaning(row))
  })

  const accepted = [
    STANDARD_PATTERN,
    String.raw`^bytes=(\d+)-(\d*)$`,
    String.raw`(?:bytes|octets)\s*=\s*(\d{1,19})-(\d{0,19})`,
    String.raw`items=(?<first>[0-9]+)-(?<last>[0-9]*)(?:,.*)?`,
    String.raw`[\]\w]+=(\d*)-(\d*)`,
  ]
  for (const pattern of accepted)
    test(`[RD18] ${pattern} is accepted`, () => {
      assert.equal(rangePatternFault(pattern), undefined)
    })

  const refused: [string, RegExp][] = [
    ['(', /is not a regular expression/],
    ['bytes=(\\d+)-(\\d*', /is not a regular expression/],
    ['bytes', /needs two groups/],
    ['bytes=(\\d+)', /needs two groups/],
    ['(\\d+)+-(\\d*)', /repeats a group/],
    ['(a|a)*(b)', /repeats a group/],
    ['((?:ab)+)(c)', /repeats a group/],
    ['(?:(\\d)(-)){3}', /repeats a group/],
    ['(\\d*)\\d*(\\d*)x', /repeats the same characters/],
    ['(.*)(.*)(.*)x', /repeats the same characters/],
    ['(\\s*)=?\\s*-?[^=]*(x)', /repeats the same characters/],
    ['(a?a?a?a?)(aaaa)', /repeats the same characters/],
    ['(?:0|00)(?:0|00)(?:0|00)(x)(y)', /repeats the same characters/],
    ['(a)\\1(b)', /refers back/],
    ['(?<n>a)\\k<n>(b)', /refers back/],
    ['(?=a)(b)(c)', /looks ahead or behind/],
    ['(?<!a)(b)(c)', /looks ahead or behind/],
    [`(a)(b)${'c'.repeat(200)}`, /longer than 200/],
  ]
  for (const [pattern, message] of refused)
    test(`[RD18] ${pattern.slice(0, 40)} is refused`, () => {
      assert.match(rangePatternFault(pattern) ?? 'accepted', message)
    })
})
