import type { TransportDescription } from '../../core/webrtc-transport.ts'

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

const UDP_CANDIDATE = /^\S+ 1 udp \d+ [0-9a-fA-F.:]+ \d+ typ /i

/** Whether libdatachannel can use a candidate without resolving a name: `.local` names and TCP are left out. */
export function isUsableCandidate(candidate: string): boolean {
  return candidate.length < 512 && UDP_CANDIDATE.test(candidate)
}

/** A candidate for an address that the machine itself does not know (RFC 8839 §5.1); preferred over those it knows. */
export function hostCandidate(address: string, port: number, index: number): string {
  const priority = 126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255
  return `public${index} 1 udp ${priority} ${address} ${port} typ host`
}
