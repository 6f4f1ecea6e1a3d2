import type { TransportDescription } from '../../core/webrtc-transport.ts'

/** RFC 8839 §5.4: 4 to 256 characters, and 22 to 256. */
const ICE_UFRAG = /^[A-Za-z0-9+/]{4,256}$/
const ICE_PWD = /^[A-Za-z0-9+/]{22,256}$/
const FINGERPRINT = /^(sha-\d+) ([0-9a-f]{2}(?::[0-9a-f]{2})*)$/i
/** Bytes of the hashes that may vouch for a certificate (RFC 8122 §5). */
const HASH_BYTES: Readonly<Record<string, number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 }

/** Says what is wrong with a peer's description; undefined when it can be used. */
export function faultOf({ iceUfrag, icePwd, fingerprint }: TransportDescription): string | undefined {
  if (!ICE_UFRAG.test(iceUfrag)) return 'ice-ufrag is missing or malformed'
  if (!ICE_PWD.test(icePwd)) return 'ice-pwd is missing or malformed'
  const [, hash = '', digest = ''] = FINGERPRINT.exec(fingerprint) ?? []
  if (digest.split(':').length !== HASH_BYTES[hash.toLowerCase()])
    return 'fingerprint is missing, malformed or of a hash other than SHA-256, SHA-384 and SHA-512'
  return undefined
}

/**
 * The one-m-line offer that makes libdatachannel hand over every packet of the peer, whatever its SSRC. A peer that
 * insists on `passive` (FFmpeg) leaves us the DTLS client; all others we serve as DTLS server.
 */
export function virtualOffer({ iceUfrag, icePwd, fingerprint, setup }: TransportDescription): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:96 VP8/90000',
    `a=ice-ufrag:${iceUfrag}`,
    `a=ice-pwd:${icePwd}`,
    `a=fingerprint:${fingerprint}`,
    `a=setup:${setup === 'passive' ? 'passive' : 'active'}`,
    '',
  ].join('\r\n')
}

/** Reads our side out of libdatachannel's answer. */
export function transportIn(sdp: string): TransportDescription {
  const value = (name: string) => new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(sdp)?.[1] ?? ''
  return {
    iceUfrag: value('ice-ufrag'),
    icePwd: value('ice-pwd'),
    fingerprint: value('fingerprint'),
    setup: value('setup') === 'active' ? 'active' : 'passive',
    candidates: [...sdp.matchAll(/^a=candidate:(.*?)\r?$/gm)].map((match) => match[1] ?? ''),
  }
}
