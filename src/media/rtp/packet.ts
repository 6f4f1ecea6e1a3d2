/**
 * Fields of an RTP packet, read in place; nothing here allocates.
 * https://www.rfc-editor.org/rfc/rfc3550#section-5.1
 */

/** Bytes of the fixed header. */
export const RTP_HEADER_BYTES = 12

const VERSION = 0x80
const VERSION_BITS = 0xc0
const PADDING = 0x20
const EXTENSION = 0x10
const CSRC_COUNT = 0x0f
const MARKER = 0x80

/** RFC 8285 §4.2, §4.3: what the 16 bits "defined by profile" say about the form of the header extension. */
const ONE_BYTE_FORM = 0xbede
const TWO_BYTE_FORM = 0x1000
const TWO_BYTE_FORM_BITS = 0xfff0
/** In the one-byte form: stop reading. */
const RESERVED_ID = 15

/** Tells RTCP from RTP on one port by its second byte (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const second = packet[1] ?? 0
  return packet.length >= 4 && hasVersion(packet) && second >= 192 && second <= 223
}

/** Whether the header, its extension and the padding fit the packet. Ask once, where packets enter. */
export function isRtp(packet: Buffer): boolean {
  if (packet.length < RTP_HEADER_BYTES || !hasVersion(packet) || isRtcp(packet)) return false
  const start = headerLength(packet)
  if (start > packet.length) return false
  if (((packet[0] ?? 0) & PADDING) === 0) return true
  const padding = packet[packet.length - 1] ?? 0
  return padding > 0 && padding <= packet.length - start
}

/** What the sender's SDP maps to a codec. */
export function payloadTypeOf(packet: Buffer): number {
  return (packet[1] ?? 0) & 0x7f
}

/** For video: the last packet of a picture. */
export function markerOf(packet: Buffer): boolean {
  return ((packet[1] ?? 0) & MARKER) !== 0
}

/** Counts packets, modulo 2¹⁶. */
export function sequenceOf(packet: Buffer): number {
  return packet.readUInt16BE(2)
}

/** Ticks of the track's clock, modulo 2³². */
export function timestampOf(packet: Buffer): number {
  return packet.readUInt32BE(4)
}

/** Names the stream within its session. */
export function ssrcOf(packet: Buffer): number {
  return packet.readUInt32BE(8)
}

/** First byte after CSRCs and header extension; the packet's length when there is none. */
export function payloadStart(packet: Buffer): number {
  const start = headerLength(packet)
  return start < packet.length ? start : packet.length
}

/** End of the payload, before any padding; never before `payloadStart`. */
export function payloadEnd(packet: Buffer): number {
  if (((packet[0] ?? 0) & PADDING) === 0) return packet.length
  const end = packet.length - (packet[packet.length - 1] ?? 0)
  const start = payloadStart(packet)
  return end > start ? end : start
}

/** Where the value of the header extension element with this id begins (RFC 8285); -1 when it is absent. */
export function extensionOffset(packet: Buffer, id: number): number {
  const profile = extensionProfile(packet)
  if (profile === ONE_BYTE_FORM) return oneByteExtension(packet, id)
  if ((profile & TWO_BYTE_FORM_BITS) === TWO_BYTE_FORM) return twoByteExtension(packet, id)
  return -1
}

/** Length in bytes of the value that `extensionOffset` found. */
export function extensionLength(packet: Buffer, offset: number): number {
  const before = packet[offset - 1] ?? 0
  return extensionProfile(packet) === ONE_BYTE_FORM ? (before & 0x0f) + 1 : before
}

function hasVersion(packet: Buffer): boolean {
  return ((packet[0] ?? 0) & VERSION_BITS) === VERSION
}

function csrcEnd(packet: Buffer): number {
  return RTP_HEADER_BYTES + ((packet[0] ?? 0) & CSRC_COUNT) * 4
}

/** May be past the end of a packet that lies. */
function headerLength(packet: Buffer): number {
  const end = csrcEnd(packet)
  if (((packet[0] ?? 0) & EXTENSION) === 0) return end
  if (end + 4 > packet.length) return packet.length + 1
  return end + 4 + packet.readUInt16BE(end + 2) * 4
}

function extensionProfile(packet: Buffer): number {
  const at = csrcEnd(packet)
  return ((packet[0] ?? 0) & EXTENSION) !== 0 && at + 4 <= packet.length ? packet.readUInt16BE(at) : 0
}

/** RFC 8285 §4.2: id and length − 1 share a byte; id 0 is padding of one byte. */
function oneByteExtension(packet: Buffer, id: number): number {
  const end = payloadStart(packet)
  let at = csrcEnd(packet) + 4
  while (at < end) {
    const header = packet[at++] ?? 0
    if (header === 0) continue
    const found = header >> 4
    const length = (header & 0x0f) + 1
    if (found === RESERVED_ID || at + length > end) return -1
    if (found === id) return at
    at += length
  }
  return -1
}

/** RFC 8285 §4.3: a byte of id, a byte of length; id 0 is padding of one byte. */
function twoByteExtension(packet: Buffer, id: number): number {
  const end = payloadStart(packet)
  let at = csrcEnd(packet) + 4
  while (at < end) {
    const found = packet[at++] ?? 0
    if (found === 0) continue
    const length = packet[at++] ?? 0
    if (at + length > end) return -1
    if (found === id) return at
    at += length
  }
  return -1
}
