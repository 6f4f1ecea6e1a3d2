import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitWriter } from '../../../test/support/bit-writer.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { pictureSizeFromPacket, pictureSizeOf } from '../picture-size.ts'
import { CHROMIUM_AV1 } from '../rtp/fixtures/chromium.ts'
import { packetsOf } from '../rtp/fixtures/recorded-stream.ts'
import { depacketizeAv1 } from './depacketize.ts'
import { parseAv1SequenceHeader } from './sequence-header.ts'

const hexOf = (...payloads: string[]) => {
  const unit = depacketizeAv1(payloads.map((payload) => Buffer.from(payload, 'hex')))
  return unit && Buffer.from(unit.data).toString('hex')
}

type SequenceOptions = {
  still?: boolean
  timing?: boolean
  decoderModel?: boolean
  delay?: boolean
  points?: number
}

/** sequence_header_obu() up to the picture size. */
function sequenceHeader(width: number, height: number, options: SequenceOptions = {}): Buffer {
  const bits = new BitWriter()
    .write(0, 3)
    .flag(options.still ?? false)
    .flag(options.still ?? false)
  if (options.still) bits.write(8, 5)
  else writeOperatingPoints(bits, options)
  return bits
    .write(15, 4)
    .write(15, 4)
    .write(width - 1, 16)
    .write(height - 1, 16)
    .write(0x1234, 16)
    .bytes()
}

function writeOperatingPoints(
  bits: BitWriter,
  { timing, decoderModel, delay, points = 1 }: SequenceOptions,
): void {
  bits.flag(timing ?? false)
  if (timing) {
    bits
      .write(1, 32)
      .write(30, 32)
      .flag(true)
      .unsigned(5)
      .flag(decoderModel ?? false)
    if (decoderModel) bits.write(9, 5).write(1, 32).write(7, 5).write(7, 5)
  }
  bits.flag(delay ?? false).write(points - 1, 5)
  for (let point = 0; point < points; point++) {
    bits.write(0x101, 12).write(point % 2 === 0 ? 5 : 9, 5)
    if (point % 2 === 1) bits.flag(true) // seq_tier, above level 3.3
    if (timing && decoderModel) bits.flag(true).write(1, 10).write(2, 10).flag(true)
    if (delay) bits.flag(true).write(3, 4)
  }
}

test('[AV1R1] OBUs get their size; delimiters and tile lists are left out', () => {
  assert.equal(hexOf('1030aabb'), '3202aabb')
  assert.equal(hexOf('10344aaabb'), '364a02aabb', 'with an extension byte')
  assert.equal(hexOf('103202aabb'), '3202aabb', 'with a size already')
  assert.equal(hexOf('10' + '30' + 'ee'.repeat(200)), '32c801' + 'ee'.repeat(200))
  assert.equal(hexOf('300110' + '01' + '42' + '30aa'), '3201aa')
  assert.equal(hexOf('1010'), undefined, 'nothing is left')
})

test('[AV1R2] elements with and without a count, in one packet or over several', () => {
  assert.equal(hexOf('000230aa0230bb'), '3201aa3201bb')
  assert.equal(hexOf('200230aa30bb'), '3201aa3201bb')
  assert.equal(hexOf('300230aa0230bb30cc'), '3201aa3201bb3201cc')
  assert.equal(hexOf('5030aa', 'd0bb', '90cc'), '3203aabbcc', 'one OBU over three packets')
  assert.equal(hexOf('600230aa30bb', 'a001cc30dd'), '3201aa3202bbcc3201dd')
  assert.equal(hexOf('400230aa0230bb', '8001cc0230dd'), '3201aa3202bbcc3201dd')
  assert.equal(hexOf('00000230aa'), '3201aa', 'an empty element')
})

test('[AV1R3] what does not fit together makes no temporal unit', () => {
  const broken = [
    ['9030aa'], // goes on with nothing
    ['5030aa'], // is not ended
    ['5030aa', '10bb'], // does not go on
    ['1030aa', '90bb'],
    ['000530aa'], // sizes that lie
    ['0080'],
    ['00ffffffffffffffffff'],
    ['2030aa'],
    ['300230aa30bb'],
    ['10320aaa'],
    ['103280'],
    ['1034'],
    ['10'],
    ['00'],
    [''],
    [],
  ]
  for (const payloads of broken) assert.equal(hexOf(...payloads), undefined, payloads.join())
})

test('[AV1R4] a sequence header tells the size, with every optional part', () => {
  const variants: SequenceOptions[] = [
    {},
    { still: true },
    { timing: true },
    { timing: true, decoderModel: true, points: 3 },
    { delay: true, points: 32 },
    { timing: true, decoderModel: true, delay: true, points: 2 },
  ]
  for (const options of variants) {
    const parsed = parseAv1SequenceHeader(sequenceHeader(1920, 1080, options))
    assert.deepEqual(parsed, { width: 1920, height: 1080, stillPicture: options.still ?? false })
  }
  assert.equal(parseAv1SequenceHeader(sequenceHeader(1920, 1080).subarray(0, 6)), undefined)
  assert.equal(parseAv1SequenceHeader(Buffer.alloc(0)), undefined)
})

test('[AV1R4] it is found in units and in packets', () => {
  const header = sequenceHeader(640, 360)
  const sized = Buffer.concat([Buffer.of(0x0a, header.length), header])
  const extended = Buffer.concat([Buffer.of(0x0c, 0x00), header])
  const frame = Buffer.of(0x32, 1, 0x10)
  const size = { width: 640, height: 360 }

  assert.deepEqual(pictureSizeOf('AV1', Buffer.concat([sized, frame])), size)
  assert.deepEqual(pictureSizeOf('AV1', Buffer.concat([frame, sized])), size)
  assert.equal(pictureSizeOf('AV1', frame), undefined)
  for (const obu of [sized, extended])
    assert.deepEqual(
      pictureSizeFromPacket('AV1', rtpPacket({ payload: Buffer.concat([Buffer.of(0x18), obu]) })),
      size,
    )
  assert.equal(pictureSizeFromPacket('AV1', rtpPacket({ payload: Buffer.of(0x18, 0x30, 0x10) })), undefined)
  assert.deepEqual(pictureSizeFromPacket('AV1', packetsOf(CHROMIUM_AV1)[0]!), { width: 320, height: 180 })
})

test('[AV1R5] a key frame is a sequence header and a frame of type KEY', () => {
  const header = `10${Buffer.concat([Buffer.of(0x08), sequenceHeader(64, 64)]).toString('hex')}`
  const still = `10${Buffer.concat([Buffer.of(0x08), sequenceHeader(64, 64, { still: true })]).toString('hex')}`
  const keyFrame = (...payloads: string[]) =>
    depacketizeAv1(payloads.map((payload) => Buffer.from(payload, 'hex')))?.keyFrame

  assert.equal(keyFrame(header, '103010'), true)
  assert.equal(keyFrame(header, '101810'), true, 'by its frame header alone')
  assert.equal(keyFrame(header, '103030'), false, 'inter')
  assert.equal(keyFrame(header, '103090'), false, 'shows a picture that is there already')
  assert.equal(keyFrame('103010'), false, 'without a sequence header')
  assert.equal(keyFrame(header), false, 'without a frame')
  assert.equal(keyFrame(still, '1030ff'), true)
})
