import type { FrameEncoder, FrameEncoding, FrameEncodingOptions } from '../../src/core/frame-encoder.ts'

/** An encoder that turns each JPEG into a unit of its own length, until told to fail. */
export class FakeFrameEncoder implements FrameEncoder {
  readonly encodings: FakeFrameEncoding[] = []

  begin(options: FrameEncodingOptions): FrameEncoding {
    const encoding = new FakeFrameEncoding(options)
    this.encodings.push(encoding)
    return encoding
  }
}

export class FakeFrameEncoding implements FrameEncoding {
  readonly options: FrameEncodingOptions
  readonly closed: Promise<Error | undefined>
  readonly times: number[] = []
  isClosed = false
  readonly #settle: (error: Error | undefined) => void

  constructor(options: FrameEncodingOptions) {
    this.options = options
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    this.closed = promise
    this.#settle = resolve
  }

  write(jpeg: Uint8Array, milliseconds: number, taken: () => void): void {
    const keyFrame = this.times.length === 0
    this.times.push(milliseconds)
    const data = Buffer.alloc(jpeg.length)
    this.options.onUnit({ timestamp: milliseconds * 90, keyFrame, afterLoss: false, data })
    taken()
  }

  close(): void {
    this.isClosed = true
    this.#settle(undefined)
  }

  fail(): void {
    this.#settle(new Error('the encoder is broken'))
  }
}
