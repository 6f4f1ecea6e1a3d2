import type { ByteRange } from '../../src/protocols/vod/parse-range.ts'

/** What a Range header is answered with, for a file of 1000 bytes. */
export type RangeRow = {
  readonly header: string
  readonly status: 200 | 206 | 416
  /** Of a single part. */
  readonly range?: ByteRange
  /** Of several. */
  readonly ranges?: readonly ByteRange[]
}

export const TABLE_SIZE = 1000

const part = (header: string, from: number, to: number): RangeRow => ({
  header,
  status: 206,
  range: { from, to },
})
const whole = (header: string): RangeRow => ({ header, status: 200 })
const refused = (header: string): RangeRow => ({ header, status: 416 })

/** A single range, or none. */
export const RANGE_TABLE: readonly RangeRow[] = [
  part('bytes=0-8', 0, 9),
  part('bytes=0-0', 0, 1),
  part('bytes=999-999', 999, 1000),
  part('bytes=-10', 990, 1000),
  part('bytes=-1', 999, 1000),
  part('bytes=-1000', 0, 1000),
  part('bytes=-5000', 0, 1000),
  part('bytes=990-', 990, 1000),
  part('bytes=0-', 0, 1000),
  part('bytes=0-999', 0, 1000),
  part('bytes=0-1000', 0, 1000),
  part('bytes=500-99999999999999999999', 500, 1000),
  part('bytes=007-8', 7, 9),
  part('BYTES=0-8', 0, 9),
  part('bytes = 0 - 8', 0, 9),
  part('bytes=,0-8, ,', 0, 9),
  part('bytes=0-8,1000-', 0, 9),
  refused('bytes=1000-'),
  refused('bytes=1000-1001'),
  refused('bytes=99999999999999999999-'),
  refused(`bytes=${'9'.repeat(200)}-`),
  refused('bytes=-0'),
  refused('bytes=1000-,-0'),
  whole('bytes=8-0'),
  whole('bytes=0-8,8-0'),
  whole('bytes=-'),
  whole('bytes='),
  whole('bytes'),
  whole('bytes=,'),
  whole('bytes=a-b'),
  whole('bytes=0-8x'),
  whole('bytes=0x0-0x8'),
  whole('bytes=--8'),
  whole('bytes=-5-8'),
  whole('bytes=+0-8'),
  whole('bytes=0.0-8'),
  whole('bytes=1e2-'),
  whole('bytes:0-8'),
  whole('0-8'),
  whole('items=0-8'),
  whole('bytes=0-8;1-2'),
  whole('bytes=0–8'.replace('–', '\u00ad')),
  whole(`bytes=${' '.repeat(300)}0-8`),
]

/** Several ranges. */
export const MULTIPLE_TABLE: readonly RangeRow[] = [
  {
    header: 'bytes=0-8,20-30',
    status: 206,
    ranges: [
      { from: 0, to: 9 },
      { from: 20, to: 31 },
    ],
  },
  {
    header: 'bytes=20-30 , 0-8',
    status: 206,
    ranges: [
      { from: 20, to: 31 },
      { from: 0, to: 9 },
    ],
  },
  {
    header: 'bytes=0-8,9-10,-5',
    status: 206,
    ranges: [
      { from: 0, to: 9 },
      { from: 9, to: 11 },
      { from: 995, to: 1000 },
    ],
  },
  {
    header: 'bytes=0-1,10-11,2000-,20-21',
    status: 206,
    ranges: [
      { from: 0, to: 2 },
      { from: 10, to: 12 },
      { from: 20, to: 22 },
    ],
  },
  {
    header: 'bytes=0-0,2-2,4-4,6-6,8-8',
    status: 206,
    ranges: [0, 2, 4, 6, 8].map((from) => ({ from, to: from + 1 })),
  },
  whole('bytes=0-0,2-2,4-4,6-6,8-8,10-10'),
  whole('bytes=0-8,5-10'),
  whole('bytes=0-,0-,0-,0-,0-'),
  whole('bytes=0-999,-1'),
]
