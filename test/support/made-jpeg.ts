/** The markers of a JPEG and nothing to decode: enough for whoever reads sizes only. `bytes` is its whole length. */
export function madeJpeg({ width = 640, height = 480, bytes = 400, fill = 1 } = {}): Buffer {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8])
  const size = Buffer.from([height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0])
  const end = Buffer.from([0xff, 0xd9])
  return Buffer.concat([head, size, Buffer.alloc(bytes - head.length - size.length - 2, fill), end])
}
