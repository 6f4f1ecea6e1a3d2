import type { Codec } from '../codec.ts'
import { chooseFormat, isCodec } from './formats.ts'
import { type MediaSection, SdpError, type SessionDescription } from './session-description.ts'
import { type AnsweredSection, type LocalTransport, writeAnswer } from './write.ts'

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
const VIDEO_CODECS: readonly Codec[] = ['H264', 'VP8', 'VP9', 'AV1']

/** How to tell one of the publisher's tracks in what its transport delivers. */
export type PublishedTrack = {
  readonly kind: 'audio' | 'video'
  readonly codec: Codec
  readonly clockRate: number
  readonly channels: number
  readonly fmtp: string
  readonly payloadType: number
  readonly mid: string
  /** Identifiers of the header extensions that carry MID and RID, 0 where there are none. */
  readonly midExtension: number
  readonly ridExtension: number
  /** Simulcast layers in the publisher's order; empty without simulcast. */
  readonly rids: readonly string[]
  readonly ssrcs: readonly number[]
}

/** What we receive from a publisher: everything it offers, or an error (RFC 9725 §4.2: no partial answers). */
export function answerPublisher(
  offer: SessionDescription,
  transport: LocalTransport,
): { sdp: string; tracks: readonly PublishedTrack[] } {
  const tracks: PublishedTrack[] = []
  const sections: AnsweredSection[] = []
  for (const section of offer.media) {
    const track = publishedTrack(section)
    if (tracks.some(({ kind }) => kind === track.kind))
      throw new SdpError(`offers more than one ${track.kind} track`)
    tracks.push(track)
    const format = section.formats.find(({ payloadType }) => payloadType === track.payloadType)
    if (!format) throw new SdpError('lost a format')
    sections.push({
      section,
      direction: 'recvonly',
      format,
      extensions: section.extensions.filter(({ uri }) => uri === MID || uri === RID),
      lines:
        track.rids.length > 0
          ? [...track.rids.map((rid) => `a=rid:${rid} recv`), `a=simulcast:recv ${track.rids.join(';')}`]
          : [],
    })
  }
  return { sdp: writeAnswer(transport, sections), tracks }
}

function publishedTrack(section: MediaSection): PublishedTrack {
  const { kind } = section
  if (kind !== 'audio' && kind !== 'video')
    throw new SdpError(`offers "${kind.slice(0, 20)}", which has no use here`)
  if (section.direction === 'recvonly' || section.direction === 'inactive')
    throw new SdpError(`offers to send no ${kind}: the direction must be sendonly`)
  const format = chooseFormat(section, kind === 'audio' ? ['opus'] : VIDEO_CODECS)
  if (!format) throw new SdpError(`offers no ${kind} codec that is known here`)
  const codec = isCodec(format.name)
  const extension = (uri: string) => section.extensions.find((known) => known.uri === uri)?.id ?? 0
  return {
    kind,
    codec,
    clockRate: format.clockRate,
    channels: format.channels || (kind === 'audio' ? 1 : 0),
    fmtp: format.fmtp,
    payloadType: format.payloadType,
    mid: section.mid,
    midExtension: extension(MID),
    ridExtension: extension(RID),
    rids: section.simulcast.startsWith('send') ? section.rids.map(({ id }) => id) : [],
    ssrcs: section.ssrcs,
  }
}
