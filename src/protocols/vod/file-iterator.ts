import { open } from 'node:fs/promises'

/** Which stretch of a file, and how much at a time. */
export type FileIteratorOptions = {
  /** Most bytes of one chunk; 64 KiB. */
  readonly chunkSize?: number
  /** First byte. */
  readonly offset?: number
  /** How many bytes; to the end of the file where it is absent, and never beyond it. */
  readonly length?: number | undefined
}

/** Reads a file chunk by chunk, as fast as they are taken. Leaving the loop closes the file. */
export async function* fileIterator(
  path: string,
  { chunkSize = 64 * 1024, offset = 0, length = Infinity }: FileIteratorOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (!Number.isSafeInteger(chunkSize) || chunkSize < 1)
    throw new RangeError('chunkSize must be a positive integer')
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new RangeError('offset must be 0 or a positive integer')
  if (!(length >= 0)) throw new RangeError('length must be 0 or positive')
  await using file = await open(path)
  const end = offset + length
  let position = offset
  while (position < end) {
    const chunk = new Uint8Array(Math.min(chunkSize, end - position))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    position += bytesRead
  }
}
