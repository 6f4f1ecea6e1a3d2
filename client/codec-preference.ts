import type { VideoCodec } from './publication.ts'

/** What every hardware encoder and decoder speaks: constrained baseline, in single packets or fragments. */
const COMMON_H264 = /packetization-mode=1.*profile-level-id=42e0|profile-level-id=42e0.*packetization-mode=1/i

/** Offers `wanted` first and in that order; nothing is left out, for the server chooses. Old browsers keep theirs. */
export function preferCodecs(transceiver: RTCRtpTransceiver, wanted: readonly VideoCodec[]): void {
  const { setCodecPreferences } = transceiver as { setCodecPreferences?: (codecs: RTCRtpCodec[]) => void }
  const codecs = RTCRtpSender.getCapabilities('video')?.codecs
  if (!setCodecPreferences || !codecs) return
  try {
    transceiver.setCodecPreferences(inOrder(codecs, wanted))
  } catch {
    // a browser that refuses its own list offers what it likes
  }
}

/** Stable, so that retransmission and error correction stay behind the codecs. */
function inOrder<Codec extends { mimeType: string; sdpFmtpLine?: string }>(
  codecs: readonly Codec[],
  wanted: readonly VideoCodec[],
): Codec[] {
  const rank = ({ mimeType, sdpFmtpLine = '' }: Codec) => {
    const place = wanted.findIndex((name) => mimeType.toLowerCase() === `video/${name.toLowerCase()}`)
    if (place < 0) return wanted.length
    return wanted[place] === 'H264' && !COMMON_H264.test(sdpFmtpLine) ? place + 0.5 : place
  }
  return codecs.toSorted((a, b) => rank(a) - rank(b))
}
