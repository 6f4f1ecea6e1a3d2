/** Reads server-sent events, one at a time. */
export class EventSource implements AsyncDisposable {
  readonly response: Response
  /** Comments so far; heartbeats are comments. */
  comments = 0
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  static async open(url: string): Promise<EventSource> {
    return new EventSource(await fetch(url))
  }

  private constructor(response: Response) {
    if (!response.body) throw new Error('an event stream has a body')
    this.response = response
    this.#reader = response.body.getReader()
  }

  /** The next event as `[name, data]`; undefined when the stream is over. */
  async next(): Promise<[string, unknown] | undefined> {
    for (;;) {
      const block = await this.#nextBlock()
      if (block === undefined) return undefined
      const event = /^event: (.*)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (event !== undefined && data !== undefined) return [event, JSON.parse(data)]
    }
  }

  /** Waits for a comment. */
  async nextComment(): Promise<void> {
    const before = this.comments
    while (this.comments === before) if ((await this.#nextBlock()) === undefined) return
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel()
  }

  async #nextBlock(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        if (block.startsWith(':')) this.comments++
        return block
      }
      const { value, done } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }
}
