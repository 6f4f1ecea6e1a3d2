import fc from 'fast-check'
import type { AccessUnit } from '../../src/media/access-unit.ts'
import type { Codec } from '../../src/media/codec.ts'

/** What a codec's units consist of, as far as RTP cares; the rest is random. */
type Content = { readonly keyFrame: boolean; readonly data: Buffer }

const bytes = (minLength: number, maxLength: number) =>
  fc
    .tuple(fc.integer({ min: minLength, max: maxLength }), fc.integer({ min: 0, max: 255 }))
    .map(([length, seed]) =>
      Buffer.from(Uint8Array.from({ length }, (_, index) => seed + index * 7 + (index >> 8))),
    )

const nal = (type: fc.Arbitrary<number>) =>
  fc.tuple(type, bytes(1, 3000)).map(([nalType, nalUnit]) => {
    nalUnit[0] = 0x60 | nalType
    return lengthPrefixed(nalUnit)
  })

/** Delimiter first, or parameter sets; slices and others behind. Only an IDR slice makes a key frame. */
const h264 = fc
  .tuple(
    fc.constantFrom([9], [9, 7, 8], [7, 8], [7, 8, 6]),
    fc.array(nal(fc.constantFrom(1, 2, 5, 6, 8, 12, 23)), { minLength: 1, maxLength: 6, size: 'max' }),
  )
  .map(([first, rest]): Content => {
    const head = first.map((type) => lengthPrefixed(Buffer.of(0x60 | type, 0x42, 0xe0, 0x1f, type)))
    return {
      keyFrame: rest.some((unit) => (unit[4]! & 0x1f) === 5),
      data: Buffer.concat([...head, ...rest]),
    }
  })

const vp8 = fc.tuple(fc.boolean(), bytes(1, 4000)).map(([keyFrame, data]): Content => {
  data[0] = keyFrame ? data[0]! & 0xfe : data[0]! | 0x01
  return { keyFrame, data }
})

const vp9 = fc.tuple(fc.boolean(), bytes(1, 4000)).map(([keyFrame, data]): Content => {
  data[0] = keyFrame ? 0x82 : 0x86
  return { keyFrame, data }
})

/** A sequence header and a frame whose type is KEY, or a frame whose type is INTER; sizes on every OBU. */
const av1 = fc
  .tuple(fc.boolean(), fc.array(bytes(1, 3000), { minLength: 1, maxLength: 3 }))
  .map(([keyFrame, frames]): Content => {
    const sequenceHeader = sized(0x0a, Buffer.from([0, 0, 0, 0x24, 0x3f, 0xf8, 0xff, 0x40]))
    const obus = frames.map((frame) => {
      frame[0] = keyFrame ? 0x10 : 0x30
      return sized(0x32, frame)
    })
    return { keyFrame, data: Buffer.concat(keyFrame ? [sequenceHeader, ...obus] : obus) }
  })

const opus = bytes(1, 1275).map((data): Content => ({ keyFrame: true, data }))

const CONTENT: Partial<Record<Codec, fc.Arbitrary<Content>>> = {
  H264: h264,
  VP8: vp8,
  VP9: vp9,
  AV1: av1,
  opus,
}

/** A stream of units that a decoder could begin with; its timestamps may wrap, as RTP sees them. */
export function arbitraryUnits(codec: Codec, maxLength: number): fc.Arbitrary<AccessUnit[]> {
  const content = CONTENT[codec] ?? fc.constant({ keyFrame: true, data: Buffer.alloc(1) })
  const start = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constant(0xffffffff - 6000))
  return fc
    .tuple(
      start,
      content.filter(({ keyFrame }) => keyFrame),
      fc.array(content, { maxLength, size: 'max' }),
    )
    .map(([first, firstUnit, rest]) =>
      [firstUnit, ...rest].map((unit, index) => ({
        ...unit,
        timestamp: first + index * 3000,
        afterLoss: false,
      })),
    )
}

function lengthPrefixed(nalUnit: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(nalUnit.length)
  return Buffer.concat([length, nalUnit])
}

function sized(header: number, body: Buffer): Buffer {
  const size: number[] = []
  for (let rest = body.length; size.length === 0 || rest > 0; rest >>= 7)
    size.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
  return Buffer.concat([Buffer.of(header, ...size), body])
}
