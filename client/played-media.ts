import type Hls from 'hls.js'

/** Seconds of what was played that are kept for going back a little, and that gather beyond before they are dropped. */
const KEPT = 60
const GATHERS = 10
/** Seconds by which a part may end before its segment, for how times are rounded. */
const ROUNDING = 0.001

/**
 * Drops what was played a while ago, whenever a segment is whole. By itself (`backBufferLength`) hls.js does so at any
 * time; within a segment that comes part by part it forgets which parts it has, and now and then asks for no more
 * sound until they are gone from the playlist: a stall of two segments every few minutes.
 */
export function dropPlayed({ Events }: typeof Hls, hls: Hls, video: { readonly currentTime: number }): void {
  const droppedTo = { main: 0, audio: 0 }
  hls.on(Events.FRAG_BUFFERED, (_event, { frag, part }) => {
    const type: string = frag.type
    if (type !== 'main' && type !== 'audio') return
    const isWhole = !part || (frag.relurl !== undefined && part.end >= frag.end - ROUNDING)
    const endOffset = video.currentTime - KEPT
    if (!isWhole || endOffset - droppedTo[type] < GATHERS) return
    droppedTo[type] = endOffset
    const pictures = hls.audioTracks.some(({ url }) => url) ? 'video' : null // both, where they are one
    hls.trigger(Events.BUFFER_FLUSHING, {
      ...{ startOffset: 0, endOffset },
      type: type === 'audio' ? 'audio' : pictures,
    })
  })
}
