import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccessUnit } from '../access-unit.ts'
import { FlvH264Reader } from './h264-reader.ts'

const HEADER = Buffer.from('464c5601010000000900000000', 'hex')

function tag(type: number, milliseconds: number, body: string): Buffer {
  const data = Buffer.from(body, 'hex')
  const head = Buffer.alloc(11)
  head[0] = type
  head.writeUIntBE(data.length, 1, 3)
  head.writeUIntBE(milliseconds % 0x1000000, 4, 3)
  head[7] = Math.floor(milliseconds / 0x1000000)
  return Buffer.concat([head, data, Buffer.from('00000000', 'hex')])
}

/** One SPS of two bytes, one PPS of one. */
const SETS = tag(9, 0, '17000000000142c01effe1000267420100016 8'.replaceAll(' ', ''))
const STREAM = Buffer.concat([
  HEADER,
  tag(18, 0, '0200'),
  SETS,
  tag(9, 40, '1701000000' + '0000000165'),
  tag(8, 41, 'af01ff'),
  tag(9, 0x1000050, '2701000000' + '0000000141'),
])

function unitsOf(pieces: readonly Buffer[]): AccessUnit[] {
  const units: AccessUnit[] = []
  const reader = new FlvH264Reader((unit) => units.push(unit))
  for (const piece of pieces) reader.push(piece)
  return units
}

describe('H264 in FLV', () => {
  test('[FR43] is read in pieces of any size, with parameter sets before key frames', () => {
    const expected = [
      [3600, true, '000000026742' + '0000000168' + '0000000165'],
      [0x1000050 * 90, false, '0000000141'],
    ]
    for (const size of [STREAM.length, 1, 7, 13, 40]) {
      const pieces: Buffer[] = []
      for (let at = 0; at < STREAM.length; at += size) pieces.push(STREAM.subarray(at, at + size))
      assert.deepEqual(
        unitsOf(pieces).map(({ timestamp, keyFrame, data }) => [
          timestamp,
          keyFrame,
          Buffer.from(data).toString('hex'),
        ]),
        expected,
        `pieces of ${size}`,
      )
    }
  })

  test('[FR43] what is no FLV, or claims what it cannot be, is refused', () => {
    assert.throws(() => unitsOf([Buffer.from('not an FLV at all')]), RangeError)
    const broken = tag(9, 0, '17000000000142c01effe1ffff67')
    assert.throws(() => unitsOf([Buffer.concat([HEADER, broken])]), RangeError)
  })
})
