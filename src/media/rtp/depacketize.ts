import { depacketizeAv1, startsAv1Unit } from '../av1/depacketize.ts'
import type { Codec } from '../codec.ts'
import { depacketizeH264, startsH264Unit } from '../h264/depacketize.ts'
import { depacketizeVp8, startsVp8Unit } from '../vp8/depacketize.ts'
import { depacketizeVp9, startsVp9Unit } from '../vp9/depacketize.ts'

/** What becomes of the packets of one access unit. */
export type DepacketizedUnit = { readonly data: Uint8Array; readonly keyFrame: boolean }

/** How one codec lies in RTP payloads. */
export type PayloadFormat = {
  /** Makes one access unit of all its payloads, in order; undefined when they make none. */
  readonly depacketize: (payloads: readonly Buffer[]) => DepacketizedUnit | undefined
  /** Whether nothing of the unit can have come before this payload. False when it does not tell. */
  readonly startsUnit: (payload: Buffer) => boolean
  /** Each packet is a unit of its own, whatever its timestamp and marker say. */
  readonly onePacketPerUnit: boolean
}

/** https://www.rfc-editor.org/rfc/rfc7587#section-4.2: one Opus packet is one payload. */
const OPUS: PayloadFormat = {
  depacketize: ([payload]) => payload && { data: payload, keyFrame: true },
  startsUnit: () => true,
  onePacketPerUnit: true,
}

const FORMATS: Partial<Record<Codec, PayloadFormat>> = {
  H264: { depacketize: depacketizeH264, startsUnit: startsH264Unit, onePacketPerUnit: false },
  VP8: { depacketize: depacketizeVp8, startsUnit: startsVp8Unit, onePacketPerUnit: false },
  VP9: { depacketize: depacketizeVp9, startsUnit: startsVp9Unit, onePacketPerUnit: false },
  AV1: { depacketize: depacketizeAv1, startsUnit: startsAv1Unit, onePacketPerUnit: false },
  opus: OPUS,
}

/** Throws for a codec that has no RTP form here. */
export function payloadFormatOf(codec: Codec): PayloadFormat {
  const format = FORMATS[codec]
  if (!format) throw new TypeError(`${codec} cannot be taken out of RTP packets`)
  return format
}
