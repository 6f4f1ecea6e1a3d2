import type { Codec } from '../codec.ts'
import { codecOf, formatFor } from './formats.ts'
import { type MediaSection, SdpError, type SessionDescription } from './session-description.ts'
import { type AnsweredSection, type LocalTransport, writeAnswer } from './write.ts'

/** What a broadcast sends, as far as a viewer's description needs to know. */
export type SendableTrack = {
  readonly kind: 'audio' | 'video'
  readonly codec: Codec
  readonly fmtp?: string
}

/** One track on its way to one viewer. */
export type SentTrack = {
  readonly kind: 'audio' | 'video'
  readonly codec: Codec
  readonly payloadType: number
  readonly ssrc: number
  readonly mid: string
}

/** A viewer that cannot take the broadcast's codecs; the message names both sides'. */
export class NoCommonCodecError extends SdpError {}

/** What we send to a viewer. Sections without a track of ours are refused, one by one. */
export function answerViewer(
  offer: SessionDescription,
  transport: LocalTransport,
  tracks: readonly SendableTrack[],
  newSsrc: () => number,
): { sdp: string; sent: readonly SentTrack[] } {
  const sent: SentTrack[] = []
  const sections = offer.media.map((section): AnsweredSection => {
    const track = tracks.find(({ kind }) => kind === section.kind)
    if (!track || sent.some(({ kind }) => kind === track.kind) || section.direction === 'inactive')
      return refusal(section)
    if (section.direction === 'sendonly')
      throw new SdpError(`offers to send ${section.kind}: a viewer's direction is recvonly`)
    const format = formatFor(section, track.codec, track.fmtp ?? '')
    if (!format) {
      if (track.kind === 'audio') return refusal(section)
      throw new NoCommonCodecError(
        `the broadcast sends ${track.codec}, the viewer takes ${codecsOf(section)}`,
      )
    }
    const ssrc = newSsrc()
    sent.push({
      kind: track.kind,
      codec: track.codec,
      payloadType: format.payloadType,
      ssrc,
      mid: section.mid,
    })
    return {
      section,
      direction: 'sendonly',
      format,
      extensions: [],
      lines: [`a=msid:klieg ${track.kind}`, `a=ssrc:${ssrc} cname:klieg`],
    }
  })
  if (sent.length === 0) throw new NoCommonCodecError('nothing of what the broadcast sends was asked for')
  return { sdp: writeAnswer(transport, sections), sent }
}

const refusal = (section: MediaSection): AnsweredSection => ({
  section,
  direction: 'inactive',
  extensions: [],
  lines: [],
})

function codecsOf({ formats }: MediaSection): string {
  const names = [...new Set(formats.flatMap(({ name }) => codecOf(name) ?? []))]
  return names.length > 0 ? names.join(', ') : 'none that is known here'
}
