/** RTP packets made by hand, for tests. */
type PacketFields = {
  payload?: Uint8Array
  payloadType?: number
  marker?: boolean
  sequence?: number
  timestamp?: number
  ssrc?: number
  csrcs?: number
  /** The 16 bits "defined by profile" and the words behind them. */
  extension?: { profile: number; data: Uint8Array }
  padding?: number
}

/** A whole packet of these fields; those left out are zero or absent. */
export function rtpPacket(fields: PacketFields = {}): Buffer {
  const { csrcs = 0, extension, padding = 0 } = fields
  const header = Buffer.alloc(12 + 4 * csrcs, 0xcc)
  header[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs
  header[1] = (fields.marker ? 0x80 : 0) | (fields.payloadType ?? 96)
  header.writeUInt16BE((fields.sequence ?? 0) & 0xffff, 2)
  header.writeUInt32BE((fields.timestamp ?? 0) % 2 ** 32, 4)
  header.writeUInt32BE(fields.ssrc ?? 0, 8)
  const parts: Uint8Array[] = [header]
  if (extension) {
    const words = Math.ceil(extension.data.length / 4)
    const block = Buffer.alloc(4 + 4 * words)
    block.writeUInt16BE(extension.profile, 0)
    block.writeUInt16BE(words, 2)
    block.set(extension.data, 4)
    parts.push(block)
  }
  if (fields.payload) parts.push(fields.payload)
  if (padding > 0) parts.push(Buffer.alloc(padding - 1), Buffer.of(padding))
  return Buffer.concat(parts)
}
