const line = (sdp: string, pattern: RegExp) => pattern.exec(sdp)?.[0] ?? ''

/** What each codec is called in an offer. */
const CODECS = {
  VP8: ['a=rtpmap:96 VP8/90000'],
  H264: [
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  ],
}

/**
 * Our offer with audio and video; libdatachannel itself, whose description `local` is, sees only one m-line. Its
 * candidates stay its own: a check that came before the answer would end its transport.
 */
export function offerOf(
  local: string,
  direction: 'sendonly' | 'recvonly',
  ssrc?: number,
  codec: keyof typeof CODECS = 'VP8',
): string {
  const transport = [
    line(local, /a=ice-ufrag:[^\r\n]+/),
    line(local, /a=ice-pwd:[^\r\n]+/),
    line(local, /a=fingerprint:[^\r\n]+/),
    'a=setup:actpass',
    'a=rtcp-mux',
    `a=${direction}`,
  ]
  return [
    ...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'],
    ...['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:0', ...transport],
    'a=rtpmap:111 opus/48000/2',
    ...['m=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:1', ...transport],
    ...[...CODECS[codec], 'a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli'],
    ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:synthetic`]),
    '',
  ].join('\r\n')
}

/** The other side's description as libdatachannel, with its one m-line, wants it. */
export function answerFor(answer: string, role?: string): string {
  const value = (name: string) => new RegExp(`a=${name}:(\\S+)`).exec(answer)?.[1] ?? ''
  return [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0'],
    ...['m=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendrecv', 'a=rtcp-mux'],
    ...['a=rtpmap:96 VP8/90000', `a=ice-ufrag:${value('ice-ufrag')}`, `a=ice-pwd:${value('ice-pwd')}`],
    ...[
      line(answer, /a=fingerprint:[^\r\n]+/),
      `a=setup:${role ?? value('setup')}`,
      line(answer, /a=candidate:[^\r\n]+/),
      '',
    ],
  ].join('\r\n')
}
