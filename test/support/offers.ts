import { randomBytes } from 'node:crypto'

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/** A fresh offer of a peer that will never come: well-formed, with random credentials. */
export function strangersOffer(
  direction: 'sendonly' | 'recvonly',
  mediaSections: readonly string[] = ['audio', 'video'],
): string {
  const fingerprint = (randomBytes(32).toString('hex').match(/../g) ?? []).join(':').toUpperCase()
  const transport = [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${hex(4)}`,
    `a=ice-pwd:${hex(12)}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
    `a=${direction}`,
    'a=rtcp-mux',
  ]
  const section = (kind: string, index: number) =>
    kind === 'audio'
      ? ['m=audio 9 UDP/TLS/RTP/SAVPF 111', ...transport, `a=mid:${index}`, 'a=rtpmap:111 opus/48000/2']
      : [
          'm=video 9 UDP/TLS/RTP/SAVPF 96',
          ...transport,
          `a=mid:${index}`,
          'a=rtpmap:96 VP8/90000',
          'a=rtcp-fb:96 nack pli',
        ]
  return [
    ...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0'],
    `a=group:BUNDLE ${mediaSections.map((_, index) => index).join(' ')}`,
    ...mediaSections.flatMap(section),
    '',
  ].join('\r\n')
}
