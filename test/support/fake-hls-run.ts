import assert from 'node:assert/strict'
import type { Part, Rendition, RenditionReader, Segment } from '../../src/core/packaging/rendition.ts'
import type { HlsStreams } from '../../src/protocols/hls/hls-streams.ts'

const INITIALIZATION = {
  number: 0,
  bytes: Buffer.from('init'),
  codecs: 'avc1.42c01f',
  width: 640,
  height: 360,
}

/** One run of a broadcast with a picture and a sound, each of `segments` two-second segments of one part. */
export function fakeHlsRun(streams: HlsStreams, broadcastId: string, segments = 3): void {
  const listener = streams.begin({ id: broadcastId })
  const readers = new Map<string, RenditionReader>()
  const renditions = (['video', 'audio'] as const).map((kind): Rendition => {
    const id = `${kind[0]}0`
    return {
      ...{ id, kind, codec: kind === 'video' ? 'H264' : 'opus', partTarget: 0.25 },
      read: (reader) => {
        readers.set(id, reader)
        return () => undefined
      },
    }
  })
  for (const rendition of renditions) listener.renditionAdded(rendition)
  listener.renditionsChanged?.(renditions)
  for (let number = 0; number < segments; number++)
    for (const rendition of renditions) {
      const part: Part = { bytes: Buffer.from(`${rendition.id} ${number}`), duration: 2, independent: true }
      const segment: Segment = {
        ...{ number, initialization: INITIALIZATION, parts: [part], duration: 2, startedAt: number * 2000 },
        ...{ discontinuity: false, discontinuities: 0, complete: true },
      }
      const reader = readers.get(rendition.id)
      assert.ok(reader)
      reader.partCompleted(rendition, segment, part)
      reader.segmentCompleted(rendition, segment)
    }
}
