/** Longest packet that a decoder accepts: 120 ms (RFC 6716 §3.2.5, R5). */
const MAX_DURATION = 5760

/** SILK, hybrid and CELT frame durations in ticks of 48 kHz, by the configuration number (RFC 6716 table 2). */
const SILK = [480, 960, 1920, 2880]
const HYBRID = [480, 960]
const CELT = [120, 240, 480, 960]

/** How long an Opus packet lasts, in ticks of 48 kHz, by its first bytes (RFC 6716 §3.1); 0 when it is malformed. */
export function opusDuration(packet: Uint8Array): number {
  const toc = packet[0]
  if (toc === undefined) return 0
  const duration = frameDuration(toc >> 3) * frameCount(toc & 3, packet[1])
  return duration <= MAX_DURATION ? duration : 0
}

function frameDuration(configuration: number): number {
  const frames = configuration < 12 ? SILK : configuration < 16 ? HYBRID : CELT
  return frames[configuration % frames.length] ?? 0
}

/** RFC 6716 §3.2: one frame, two, or as many as the second byte says. */
function frameCount(code: number, second: number | undefined): number {
  if (code === 0) return 1
  if (code < 3) return 2
  return (second ?? 0) & 0x3f
}
