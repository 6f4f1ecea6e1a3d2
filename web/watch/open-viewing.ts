import type { Delivery, HlsWatchOptions, RewindableViewing, Viewing } from '../../client/index.ts'
import { watch } from '../../client/index.ts'
import { onServer } from '../server-address.ts'
import { viewerTokenOf } from '../viewer-token.ts'
import type { Transport } from './transport.ts'

/** A viewing, and whether it can go back in time. */
export type OpenedViewing = { readonly viewing: Viewing; readonly rewindable: RewindableViewing | undefined }

/** Begins to watch. What only some viewers need is fetched when they do. */
export async function openViewing(
  video: HTMLVideoElement,
  { id, delivery, transport }: { id: string; delivery: Delivery; transport: Transport },
  listeners: HlsWatchOptions,
): Promise<OpenedViewing> {
  const options = { ...listeners, token: viewerTokenOf(id) }
  if (delivery === 'p2p') {
    const { watchPeerToPeer } = await import('../../client/peer-to-peer.ts')
    const viewing = watchPeerToPeer(onServer(`ws/webrtc/${id}/`), video, options)
    return { viewing, rewindable: undefined }
  }
  if (transport === 'webrtc')
    return { viewing: watch(onServer(`whep/${id}`), video, options), rewindable: undefined }
  if (transport === 'frames') {
    const { watchFrames } = await import('../../client/frames.ts')
    const canvas = document.createElement('canvas')
    const viewing = watchFrames(onServer(`ws/video/${id}/`), canvas, options)
    canvas.getContext('2d', { alpha: false }) // without a context there is nothing to capture
    video.srcObject = canvas.captureStream()
    void video.play().catch(() => undefined) // has no sound, so that every browser plays it
    return { viewing, rewindable: undefined }
  }
  const { watchHls } = await import('../../client/hls-viewing.ts')
  const rewindable = watchHls(onServer(`hls/${id}/index.m3u8`), video, options)
  return { viewing: rewindable, rewindable }
}
