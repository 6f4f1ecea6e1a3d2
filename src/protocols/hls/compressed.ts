import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)
const FASTEST = 1

/** Both forms of a text; it is compressed once for all who ask while it is current. */
export class CompressedText {
  #text = ''
  #plain = Buffer.alloc(0)
  #compressed: Promise<Buffer> | undefined

  plain(text: string): Buffer {
    this.#hold(text)
    return this.#plain
  }

  compressed(text: string): Promise<Buffer> {
    this.#hold(text)
    return (this.#compressed ??= compress(this.#plain, { level: FASTEST }))
  }

  #hold(text: string): void {
    if (text === this.#text) return
    this.#text = text
    this.#plain = Buffer.from(text)
    this.#compressed = undefined
  }
}
