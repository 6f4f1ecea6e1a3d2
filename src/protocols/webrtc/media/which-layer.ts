import { extensionLength, extensionOffset, payloadTypeOf } from '../../../media/rtp/packet.ts'
import type { PublishedTrack } from '../../../media/sdp/negotiate-publisher.ts'

/** Which of the published tracks a packet belongs to: by MID where it has one, by payload type. -1 when none. */
export function trackIndexOf(published: readonly PublishedTrack[], packet: Buffer): number {
  const payloadType = payloadTypeOf(packet)
  return published.findIndex((track) => {
    const mid = textIn(packet, track.midExtension)
    if (mid !== '') return mid === track.mid && payloadType === track.payloadType
    return payloadType === track.payloadType
  })
}

/** The packet's RTP stream id, '' when it carries none (RFC 8852). */
export function ridIn({ ridExtension }: PublishedTrack, packet: Buffer): string {
  return textIn(packet, ridExtension)
}

function textIn(packet: Buffer, extension: number): string {
  if (extension === 0) return ''
  const offset = extensionOffset(packet, extension)
  return offset < 0 ? '' : packet.toString('latin1', offset, offset + extensionLength(packet, offset))
}
