import type { Codec } from '../codec.ts'
import { type MediaSection, type RtpFormat, SdpError } from './session-description.ts'

const NAMES: Readonly<Record<string, Codec>> = {
  h264: 'H264',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  opus: 'opus',
}

/** The codec that an encoding name means; names are case-insensitive (RFC 4855). */
export function codecOf(name: string): Codec | undefined {
  return NAMES[name.toLowerCase()]
}

/** As `codecOf`, for a format that was chosen because it is known. */
export function isCodec(name: string): Codec {
  const codec = codecOf(name)
  if (!codec) throw new SdpError(`unknown codec ${name.slice(0, 20)}`)
  return codec
}

/** Value of one format parameter, '' when absent. */
export function parameter(fmtp: string, name: string): string {
  for (const part of fmtp.split(';')) {
    const [key = '', value = ''] = part.trim().split('=')
    if (key.toLowerCase() === name) return value
  }
  return ''
}

/** The peer's favourite among the codecs; of several H264 formats one with packetization-mode 1 (RFC 6184 §6.2). */
export function chooseFormat(section: MediaSection, codecs: readonly Codec[]): RtpFormat | undefined {
  const known = section.formats.filter(({ name }) => codecs.includes(codecOf(name) ?? 'AAC'))
  const first = known[0]
  if (!first || codecOf(first.name) !== 'H264') return first
  const h264 = known.filter(({ name }) => codecOf(name) === 'H264')
  return h264.find(({ fmtp }) => parameter(fmtp, 'packetization-mode') === '1') ?? first
}

/** The viewer's format for what a track sends; the same profile where there is a choice. */
export function formatFor(section: MediaSection, codec: Codec, fmtp: string): RtpFormat | undefined {
  const same = section.formats.filter(({ name }) => codecOf(name) === codec)
  if (codec === 'H264') {
    const fragmenting = same.filter((format) => parameter(format.fmtp, 'packetization-mode') === '1')
    const profile = parameter(fmtp, 'profile-level-id').slice(0, 4).toLowerCase()
    const exact = fragmenting.find(
      (format) => parameter(format.fmtp, 'profile-level-id').slice(0, 4).toLowerCase() === profile,
    )
    return exact ?? fragmenting[0] ?? same[0]
  }
  if (codec === 'VP9') {
    const profile = parameter(fmtp, 'profile-id') || '0'
    return same.find((format) => (parameter(format.fmtp, 'profile-id') || '0') === profile)
  }
  return same[0]
}
