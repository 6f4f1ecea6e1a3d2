import { once } from 'node:events'
import { WebSocket } from 'ws'

type Message = { readonly type: string; readonly [key: string]: unknown }

/** A signalling client that keeps what it hears until somebody asks for it. */
export class SignallingClient {
  readonly socket: WebSocket
  /** Settles with the close code. */
  readonly closed: Promise<number>
  readonly #heard: Message[] = []
  readonly #waiting: ((message: Message | undefined) => void)[] = []
  #over = false

  static async open(url: string, headers: Record<string, string> = {}): Promise<SignallingClient> {
    const client = new SignallingClient(new WebSocket(url, { headers }))
    await once(client.socket, 'open')
    return client
  }

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Message))
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.#over = true
        for (const wait of this.#waiting) wait(undefined)
        resolve(code)
      })
    })
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  /** The next message of one of these types, heard already or not; others before it are forgotten. */
  async next(...types: string[]): Promise<Message> {
    for (;;) {
      const message = this.#heard.shift() ?? (await this.#later())
      if (!message) throw new Error(`the connection closed before any "${types.join('" or "')}"`)
      if (types.includes(message.type)) return message
    }
  }

  /** All that is heard until the connection closes. */
  async rest(): Promise<Message[]> {
    await this.closed
    return this.#heard.splice(0)
  }

  close(code = 1000): void {
    this.socket.close(code)
  }

  #hear(message: Message): void {
    const wait = this.#waiting.shift()
    if (wait) wait(message)
    else this.#heard.push(message)
  }

  #later(): Promise<Message | undefined> {
    if (this.#over) return Promise.resolve(undefined)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
