const MARKER = 0x80

/**
 * Gives a packet the identity it has for one viewer, in place. Sequence and timestamp are cut to their width, so
 * sums need no masking. Runs once per packet per viewer: allocates nothing.
 */
export function rewriteHeader(
  packet: Buffer,
  payloadType: number,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  packet[1] = ((packet[1] ?? 0) & MARKER) | (payloadType & 0x7f)
  packet[2] = sequence >>> 8
  packet[3] = sequence
  packet[4] = timestamp >>> 24
  packet[5] = timestamp >>> 16
  packet[6] = timestamp >>> 8
  packet[7] = timestamp
  packet[8] = ssrc >>> 24
  packet[9] = ssrc >>> 16
  packet[10] = ssrc >>> 8
  packet[11] = ssrc
}
