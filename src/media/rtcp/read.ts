/**
 * RTCP, read in place (RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3). Every function is given the whole compound and the
 * offset of one packet in it, and allocates nothing.
 */

export const SENDER_REPORT = 200
export const RECEIVER_REPORT = 201
export const BYE = 203
export const TRANSPORT_FEEDBACK = 205
export const PAYLOAD_FEEDBACK = 206

/** Feedback message types. */
export const NACK = 1
export const PLI = 1
export const FIR = 4
export const APPLICATION = 15

const HEADER = 4
const REPORT_BLOCK = 24

/** Length in bytes of the packet at `offset`, 0 when what is left is not a whole packet. */
export function packetLength(compound: Buffer, offset: number): number {
  if (offset + HEADER > compound.length || (compound[offset] ?? 0) >> 6 !== 2) return 0
  const length = (compound.readUInt16BE(offset + 2) + 1) * 4
  return offset + length <= compound.length ? length : 0
}

export const packetType = (compound: Buffer, offset: number): number => compound[offset + 1] ?? 0

/** Count of report blocks, or the feedback message type. */
export const countOrFormat = (compound: Buffer, offset: number): number => (compound[offset] ?? 0) & 0x1f

export const senderSsrc = (compound: Buffer, offset: number): number => compound.readUInt32BE(offset + 4)

/** Middle 32 bits of a sender report's NTP time, as report blocks repeat it. */
export const compactNtp = (compound: Buffer, offset: number): number => compound.readUInt32BE(offset + 10)

/** Milliseconds since the epoch of a sender report. */
export function reportTime(compound: Buffer, offset: number): number {
  const seconds = compound.readUInt32BE(offset + 8) - 2_208_988_800
  return seconds * 1000 + (compound.readUInt32BE(offset + 12) * 1000) / 2 ** 32
}

export const reportRtpTimestamp = (compound: Buffer, offset: number): number =>
  compound.readUInt32BE(offset + 16)

/** Offset of the nth report block of a sender or receiver report, -1 when it is not there. */
export function reportBlock(compound: Buffer, offset: number, index: number): number {
  if (index >= countOrFormat(compound, offset)) return -1
  const at = offset + (packetType(compound, offset) === SENDER_REPORT ? 28 : 8) + index * REPORT_BLOCK
  return at + REPORT_BLOCK <= offset + packetLength(compound, offset) ? at : -1
}

export const blockSsrc = (compound: Buffer, block: number): number => compound.readUInt32BE(block)
/** 0–1 of the packets since the last report. */
export const blockFractionLost = (compound: Buffer, block: number): number => (compound[block + 4] ?? 0) / 256
/** Compact NTP of the last sender report that the receiver saw, 0 when none. */
export const blockLastReport = (compound: Buffer, block: number): number => compound.readUInt32BE(block + 16)
/** Units of 1/65536 s between that report and this one. */
export const blockDelay = (compound: Buffer, block: number): number => compound.readUInt32BE(block + 20)

/** SSRC that a feedback packet is about. */
export const mediaSsrc = (compound: Buffer, offset: number): number => compound.readUInt32BE(offset + 8)

/** Bits per second of a REMB (draft-alvestrand-rmcat-remb), -1 when it is something else. */
export function rembBitrate(compound: Buffer, offset: number): number {
  if (packetLength(compound, offset) < 20 || compound.readUInt32BE(offset + 12) !== 0x52454d42) return -1
  const value = compound.readUInt32BE(offset + 16)
  const exponent = (value >>> 18) & 0x3f
  return (value & 0x3ffff) * 2 ** exponent
}
