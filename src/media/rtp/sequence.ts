/**
 * Numbers that wrap, compared and unwrapped: of two readings, the nearer one is meant.
 * https://www.rfc-editor.org/rfc/rfc3550#appendix-A.1
 */

/** How far sequence number `to` is ahead of `from`: −32768 to 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16
}

/** How far timestamp `to` is ahead of `from`: −2³¹ to 2³¹ − 1. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0
}

/** The number nearest to `last`, itself unwrapped, whose lowest 16 bits are `sequence`. */
export function unwrapSequence(last: number, sequence: number): number {
  return last + sequenceDistance(last, sequence)
}

/** The number nearest to `last`, itself unwrapped, whose lowest 32 bits are `timestamp`. */
export function unwrapTimestamp(last: number, timestamp: number): number {
  return last + timestampDistance(last, timestamp)
}
