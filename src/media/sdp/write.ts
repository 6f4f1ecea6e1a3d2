import type { MediaSection, RtpFormat, Setup } from './session-description.ts'

export type LocalTransport = {
  readonly iceUfrag: string
  readonly icePwd: string
  readonly fingerprint: string
  readonly setup: Setup
  readonly candidates: readonly string[]
}

/** Our answer to one m-section; without a format it is refused. */
export type AnsweredSection = {
  readonly section: MediaSection
  readonly direction: 'recvonly' | 'sendonly' | 'inactive'
  readonly format?: RtpFormat
  readonly extensions: readonly { readonly id: number; readonly uri: string }[]
  /** Further attribute lines. */
  readonly lines: readonly string[]
}

/** Feedback that we really act on; a peer relies on what an answer repeats. */
const FEEDBACK = ['nack', 'nack pli', 'ccm fir', 'goog-remb']

/** Sections in the order of the offer. */
export function writeAnswer(transport: LocalTransport, sections: readonly AnsweredSection[]): string {
  const bundled = sections.filter(({ format }) => format).map(({ section }) => section.mid)
  let first = true
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundled.join(' ')}`,
    'a=msid-semantic: WMS *',
    ...sections.flatMap((answered) => {
      if (!answered.format) return refused(answered.section)
      const candidates = first
        ? [...transport.candidates.map((value) => `a=candidate:${value}`), 'a=end-of-candidates']
        : []
      first = false
      return accepted(answered, answered.format, transport, candidates)
    }),
    '',
  ].join('\r\n')
}

function refused({ kind, protocol, formatList, mid }: MediaSection): string[] {
  return [`m=${kind} 0 ${protocol} ${formatList}`, 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`]
}

function accepted(
  answered: AnsweredSection,
  format: RtpFormat,
  transport: LocalTransport,
  candidates: readonly string[],
): string[] {
  const { section, direction, extensions, lines } = answered
  const { payloadType, name, clockRate, channels, fmtp, feedback } = format
  return [
    `m=${section.kind} 9 ${section.protocol} ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${transport.iceUfrag}`,
    `a=ice-pwd:${transport.icePwd}`,
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${transport.setup}`,
    `a=mid:${section.mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
    ...(fmtp ? [`a=fmtp:${payloadType} ${fmtp}`] : []),
    ...feedback
      .filter((value) => FEEDBACK.includes(value))
      .map((value) => `a=rtcp-fb:${payloadType} ${value}`),
    ...lines,
    ...candidates,
  ]
}
