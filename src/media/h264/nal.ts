/** NAL unit types (ITU-T H.264 table 7-1) and those of the RTP format (RFC 6184 table 1). */
export const NAL = {
  SLICE: 1,
  IDR: 5,
  SEI: 6,
  SPS: 7,
  PPS: 8,
  DELIMITER: 9,
  FILLER: 12,
  LAST_SINGLE: 23,
  STAP_A: 24,
  FU_A: 28,
} as const

/** Type of the NAL unit, or of the RTP payload, whose first byte this is. */
export function nalType(header: number): number {
  return header & 0x1f
}

/** FU header (RFC 6184 §5.8): first and last fragment. */
export const FU_START = 0x80
export const FU_END = 0x40

/** ISO/IEC 14496-15: every NAL unit of an access unit lies behind its length in this many bytes. */
export const LENGTH_BYTES = 4

/**
 * End of the NAL unit whose length field begins at `at`, or -1 when there is no whole one. The unit itself begins
 * at `at + LENGTH_BYTES`.
 */
export function nalEnd(data: Uint8Array, at: number): number {
  if (at + LENGTH_BYTES > data.length) return -1
  const length =
    (data[at] ?? 0) * 0x1000000 +
    ((data[at + 1] ?? 0) << 16) +
    ((data[at + 2] ?? 0) << 8) +
    (data[at + 3] ?? 0)
  const end = at + LENGTH_BYTES + length
  return end <= data.length ? end : -1
}

/** RFC 6184 §5.7.1: every NAL unit of a STAP-A lies behind its length in this many bytes. */
export const AGGREGATED_LENGTH_BYTES = 2

/**
 * End of the NAL unit of a STAP-A whose length begins at `at`, or -1 when there is no whole one. The unit itself begins at `at + AGGREGATED_LENGTH_BYTES`.
 */
export function aggregatedNalEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + AGGREGATED_LENGTH_BYTES >= end) return -1
  const nalEnd = at + AGGREGATED_LENGTH_BYTES + ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0)
  return nalEnd > at + AGGREGATED_LENGTH_BYTES && nalEnd <= end ? nalEnd : -1
}
