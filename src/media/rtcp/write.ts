import {
  APPLICATION,
  NACK,
  PAYLOAD_FEEDBACK,
  PLI,
  RECEIVER_REPORT,
  SENDER_REPORT,
  TRANSPORT_FEEDBACK,
} from './read.ts'

/** RTCP, written into a buffer that the caller owns. Every function returns the length written. */

function writeHeader(
  target: Buffer,
  countOrFormat: number,
  type: number,
  length: number,
  ssrc: number,
): void {
  target[0] = 0x80 | countOrFormat
  target[1] = type
  target.writeUInt16BE(length / 4 - 1, 2)
  target.writeUInt32BE(ssrc, 4)
}

/** RFC 3550 §6.4.1, without report blocks. `time` is milliseconds since the epoch. */
export function writeSenderReport(
  target: Buffer,
  ssrc: number,
  time: number,
  rtpTimestamp: number,
  packets: number,
  octets: number,
): number {
  writeHeader(target, 0, SENDER_REPORT, 28, ssrc)
  const seconds = Math.floor(time / 1000)
  target.writeUInt32BE((seconds + 2_208_988_800) >>> 0, 8)
  target.writeUInt32BE(Math.floor(((time - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12)
  target.writeUInt32BE(rtpTimestamp >>> 0, 16)
  target.writeUInt32BE(packets >>> 0, 20)
  target.writeUInt32BE(octets >>> 0, 24)
  return 28
}

/** One report block of RFC 3550 §6.4.1. */
export type ReportBlock = {
  ssrc: number
  /** 0–255. */
  fractionLost: number
  lost: number
  highestSequence: number
  jitter: number
  lastReport: number
  delay: number
}

/** RFC 3550 §6.4.2. */
export function writeReceiverReport(target: Buffer, ssrc: number, blocks: readonly ReportBlock[]): number {
  const length = 8 + 24 * blocks.length
  writeHeader(target, blocks.length, RECEIVER_REPORT, length, ssrc)
  let at = 8
  for (const block of blocks) {
    target.writeUInt32BE(block.ssrc, at)
    target.writeUInt32BE(((block.fractionLost << 24) | (Math.max(0, block.lost) & 0x7fffff)) >>> 0, at + 4)
    target.writeUInt32BE(block.highestSequence >>> 0, at + 8)
    target.writeUInt32BE(block.jitter >>> 0, at + 12)
    target.writeUInt32BE(block.lastReport >>> 0, at + 16)
    target.writeUInt32BE(block.delay >>> 0, at + 20)
    at += 24
  }
  return length
}

/** Picture loss indication, RFC 4585 §6.3.1. */
export function writePli(target: Buffer, ssrc: number, media: number): number {
  writeHeader(target, PLI, PAYLOAD_FEEDBACK, 12, ssrc)
  target.writeUInt32BE(media, 8)
  return 12
}

/** Generic NACK of one packet and those that `following` marks after it, RFC 4585 §6.2.1. */
export function writeNack(
  target: Buffer,
  ssrc: number,
  media: number,
  sequence: number,
  following: number,
): number {
  writeHeader(target, NACK, TRANSPORT_FEEDBACK, 16, ssrc)
  target.writeUInt32BE(media, 8)
  target.writeUInt16BE(sequence, 12)
  target.writeUInt16BE(following, 14)
  return 16
}

/** Receiver estimated maximum bitrate for up to 16 streams (draft-alvestrand-rmcat-remb-03). */
export function writeRemb(target: Buffer, ssrc: number, bitrate: number, media: readonly number[]): number {
  const length = 20 + 4 * media.length
  writeHeader(target, APPLICATION, PAYLOAD_FEEDBACK, length, ssrc)
  target.writeUInt32BE(0, 8)
  target.writeUInt32BE(0x52454d42, 12)
  let exponent = 0
  let mantissa = Math.floor(bitrate)
  while (mantissa > 0x3ffff) {
    mantissa = Math.floor(mantissa / 2)
    exponent++
  }
  target.writeUInt32BE(((media.length << 24) | (exponent << 18) | mantissa) >>> 0, 16)
  for (let i = 0; i < media.length; i++) target.writeUInt32BE(media[i] ?? 0, 20 + 4 * i)
  return length
}
