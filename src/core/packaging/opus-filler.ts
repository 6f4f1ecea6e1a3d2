import { opusDuration } from '../../media/opus/opus-duration.ts'

/** Configuration and channels of a packet, but a single frame (RFC 6716 §3.1). */
const ONE_FRAME = 0xfc

/**
 * Stands for sound that was not sent, as `packet` would have sounded: one frame of no bytes, which a decoder makes up
 * from what it heard, or silence (RFC 6716 §2.1.9). Undefined when the packet is malformed.
 */
export function opusFiller(packet: Uint8Array): { data: Uint8Array; duration: number } | undefined {
  const data = Uint8Array.of((packet[0] ?? 0) & ONE_FRAME)
  const duration = packet.length > 0 ? opusDuration(data) : 0
  return duration > 0 ? { data, duration } : undefined
}
