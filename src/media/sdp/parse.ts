import {
  type Direction,
  type MediaSection,
  type RtpFormat,
  SdpError,
  type SessionDescription,
  type Setup,
} from './session-description.ts'

const MAX_BYTES = 128 * 1024
const MAX_LINES = 2000
const MAX_SECTIONS = 32
const MAX_LINE = 8192
/** A lone carriage return, above all: some readers would take what follows it for a line of its own. */
const CONTROL = /\p{Cc}/u

type Transport = { iceUfrag?: string; icePwd?: string; fingerprint?: string; setup?: string }

/** Reads an offer or answer (RFC 8866, RFC 8829). Throws `SdpError`; takes time linear in the text. */
export function parseSessionDescription(text: string): SessionDescription {
  if (text.length > MAX_BYTES) throw new SdpError(`longer than ${MAX_BYTES} bytes`)
  const lines = text.split('\n', MAX_LINES + 1)
  if (lines.length > MAX_LINES) throw new SdpError(`more than ${MAX_LINES} lines`)
  if (!lines[0]?.startsWith('v=0')) throw new SdpError('does not begin with v=0')
  const media: MediaSection[] = []
  const transport: Transport = {}
  for (const raw of lines) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (CONTROL.test(line)) throw new SdpError('has a control character')
    if (line.length > MAX_LINE) throw new SdpError('has a line that is too long')
    if (line.startsWith('m=')) {
      if (media.length === MAX_SECTIONS) throw new SdpError(`more than ${MAX_SECTIONS} media sections`)
      media.push(mediaSectionOf(line.slice(2)))
    } else if (line.startsWith('a=')) {
      const colon = line.indexOf(':')
      const name = colon < 0 ? line.slice(2) : line.slice(2, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1)
      readTransport(transport, name, value)
      const section = media.at(-1)
      if (section) readMediaAttribute(section, name, value)
    }
  }
  const { iceUfrag, icePwd, fingerprint, setup } = transport
  if (media.length === 0) throw new SdpError('has no media section')
  if (!iceUfrag || !icePwd) throw new SdpError('has no ICE credentials')
  if (!fingerprint) throw new SdpError('has no DTLS fingerprint')
  return {
    iceUfrag,
    icePwd,
    fingerprint,
    setup: setupOf(setup),
    candidates: media.flatMap((section) => section.candidates),
    media,
  }
}

function setupOf(value: string | undefined): Setup {
  if (value === undefined || value === 'actpass') return 'actpass'
  if (value === 'active' || value === 'passive') return value
  throw new SdpError(`unknown setup "${value.slice(0, 20)}"`)
}

function mediaSectionOf(line: string): MediaSection {
  const [kind = '', port = '', protocol = '', ...formatList] = line.split(' ')
  return {
    kind,
    port: Number.parseInt(port, 10) || 0,
    protocol,
    formats: formatList.map(Number).filter(isPayloadType).map(emptyFormat),
    formatList: formatList.join(' '),
    mid: '',
    direction: 'sendrecv',
    extensions: [],
    ssrcs: [],
    rids: [],
    simulcast: '',
    candidates: [],
  }
}

const isPayloadType = (value: number) => Number.isInteger(value) && value >= 0 && value <= 127

const emptyFormat = (payloadType: number): RtpFormat => ({
  payloadType,
  name: '',
  clockRate: 0,
  channels: 0,
  fmtp: '',
  feedback: [],
})

/** The first of each kind counts: sections in a bundle share one transport (RFC 9143). */
function readTransport(transport: Transport, name: string, value: string): void {
  if (name === 'ice-ufrag') transport.iceUfrag ??= value
  else if (name === 'ice-pwd') transport.icePwd ??= value
  else if (name === 'fingerprint') transport.fingerprint ??= value
  else if (name === 'setup') transport.setup ??= value
}

function readMediaAttribute(section: MediaSection, name: string, value: string): void {
  switch (name) {
    case 'mid':
      section.mid = value
      return
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      section.direction = name satisfies Direction
      return
    case 'candidate':
      section.candidates.push(value)
      return
    case 'simulcast':
      section.simulcast = value
      return
    case 'rid': {
      const [id = '', direction = ''] = value.split(' ')
      section.rids.push({ id, direction })
      return
    }
    case 'ssrc': {
      const ssrc = Number.parseInt(value, 10)
      if (!section.ssrcs.includes(ssrc)) section.ssrcs.push(ssrc)
      return
    }
    case 'extmap': {
      const [id = '', uri = ''] = value.split(' ')
      section.extensions.push({ id: Number.parseInt(id, 10), uri })
      return
    }
    case 'rtpmap':
    case 'fmtp':
    case 'rtcp-fb':
      readFormatAttribute(section, name, value)
  }
}

function readFormatAttribute(
  section: MediaSection,
  name: 'rtpmap' | 'fmtp' | 'rtcp-fb',
  value: string,
): void {
  const space = value.indexOf(' ')
  const payloadType = value.slice(0, space)
  const rest = value.slice(space + 1)
  for (const format of section.formats) {
    if (payloadType !== '*' && format.payloadType !== Number(payloadType)) continue
    if (name === 'fmtp') format.fmtp = rest
    else if (name === 'rtcp-fb') format.feedback.push(rest)
    else {
      const [encoding = '', clockRate = '', channels = ''] = rest.split('/')
      format.name = encoding
      format.clockRate = Number(clockRate) || 0
      format.channels = Number(channels) || 0
    }
  }
}
