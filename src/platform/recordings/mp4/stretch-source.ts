import type { FileHandle } from 'node:fs/promises'
import { CustomSource } from 'mediabunny'
import type { Stretch } from '../../../core/recording/stretches.ts'

type Piece = { readonly at: number; readonly offset: number; readonly size: number }

/** Bytes that are kept for the next read. */
const CACHE = 2 * 1024 * 1024

/** A stretch as if it were a file of its own: its initialization, then its segments. */
export function stretchSource(file: FileHandle, { initialization, extents }: Stretch): CustomSource {
  const pieces: Piece[] = []
  let length = 0
  for (const { offset, size } of [{ offset: 0, size: initialization.size }, ...extents]) {
    pieces.push({ at: length, offset, size })
    length += size
  }
  return new CustomSource({
    getSize: () => length,
    maxCacheSize: CACHE,
    prefetchProfile: 'fileSystem',
    async read(start, end) {
      const bytes = Buffer.allocUnsafe(end - start)
      for (const { at, offset, size } of pieces) {
        const [from, to] = [Math.max(start, at), Math.min(end, at + size)]
        if (from >= to) continue
        const { bytesRead } = await file.read(bytes, from - start, to - from, offset + from - at)
        if (bytesRead < to - from) throw new RangeError('the media file is shorter than its journal says')
      }
      return bytes
    },
  })
}
