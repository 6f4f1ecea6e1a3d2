/** Largest picture that is accepted: pixels say what decoding costs, bytes do not. */
const MAX_PIXELS = 16_000_000
/** Start-of-frame markers (ITU-T T.81 table B.1), without DHT, JPG and DAC that lie between them. */
const isStartOfFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Width and height in pixels, read from the headers only; undefined when it is no whole JPEG or too large. */
export function jpegSizeOf(bytes: Uint8Array): { width: number; height: number } | undefined {
  const end = bytes.length
  if (end < 16 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) return undefined
  const u16 = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  let at = 2
  while (at + 9 < end) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (isStartOfFrame(marker)) {
      const [height, width] = [u16(at + 5), u16(at + 7)]
      return width > 0 && height > 0 && width * height <= MAX_PIXELS ? { width, height } : undefined
    }
    if (marker === 0xda || marker === 0xd9) return undefined
    const length = u16(at + 2)
    if (length < 2) return undefined
    at += 2 + length
  }
  return undefined
}
