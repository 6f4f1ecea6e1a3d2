import type { BroadcastWish, Delivery, VideoCodec, Visibility } from '../../client/index.ts'
import type { Encoding } from './use-publication.ts'

/** What is decided before going live. */
export type BroadcastPlan = {
  title: string
  visibility: Visibility
  delivery: Delivery
  codec: VideoCodec | 'automatic'
  simulcast: boolean
  /** Bits per second of all video. */
  maxBitrate: number
}

export const FIRST_PLAN: BroadcastPlan = {
  title: '',
  visibility: 'public',
  delivery: 'sfu',
  codec: 'automatic',
  simulcast: false,
  maxBitrate: 2_500_000,
}

/** What the server has to know of the plan. */
export function wishOf({ title, visibility, delivery }: BroadcastPlan): BroadcastWish {
  return { title: title.trim(), visibility, delivery }
}

/** What this browser has to know of it; between peers there are no layers. */
export function encodingOf({ codec, simulcast, delivery, maxBitrate }: BroadcastPlan): Encoding {
  return {
    simulcast: simulcast && delivery === 'sfu',
    codecs: codec === 'automatic' ? undefined : [codec],
    maxBitrate,
  }
}
