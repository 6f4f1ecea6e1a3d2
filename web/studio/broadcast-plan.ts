import type { BroadcastWish, Delivery, FramesWish, VideoCodec, Visibility } from '../../client/index.ts'
import type { Encoding } from './use-publication.ts'

/** How the picture leaves this browser. */
export type Way = 'automatic' | 'webrtc' | 'frames'

/** What is decided before going live. */
export type BroadcastPlan = {
  title: string
  visibility: Visibility
  delivery: Delivery
  codec: VideoCodec | 'automatic'
  simulcast: boolean
  /** Bits per second of all video. */
  maxBitrate: number
  /** Automatic: as video, and as JPEG frames where that does not connect. */
  way: Way
  frames: FramesWish
}

export const FIRST_PLAN: BroadcastPlan = {
  title: '',
  visibility: 'public',
  delivery: 'sfu',
  codec: 'automatic',
  simulcast: false,
  maxBitrate: 2_500_000,
  way: 'automatic',
  frames: { fps: 15, quality: 0.7 },
}

/** What the server has to know of the plan. */
export function wishOf({ title, visibility, delivery }: BroadcastPlan): BroadcastWish {
  return { title: title.trim(), visibility, delivery }
}

/** What this browser has to know of it; between peers there are no layers. */
export function encodingOf({ codec, simulcast, delivery, maxBitrate, way, frames }: BroadcastPlan): Encoding {
  return {
    simulcast: simulcast && delivery === 'sfu',
    codecs: codec === 'automatic' ? undefined : [codec],
    maxBitrate,
    way: delivery === 'p2p' ? 'webrtc' : way,
    frames,
  }
}
