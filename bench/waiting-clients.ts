import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** Many HTTP/1.1 clients that wait for the same thing, each over a connection of its own. */
export class WaitingClients implements Disposable {
  readonly #sockets: readonly Socket[]
  /** When each heard the first byte of its latest answer, in milliseconds; NaN until then. */
  readonly #heardAt: number[]
  #missing = 0
  #onAll: () => void = () => undefined

  static async open(url: string, count: number): Promise<WaitingClients> {
    const { hostname, port } = new URL(url)
    const sockets: Socket[] = []
    for (let i = 0; i < count; i++) {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      await once(socket, 'connect')
      sockets.push(socket)
    }
    return new WaitingClients(sockets)
  }

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets
    this.#heardAt = sockets.map(() => Number.NaN)
    for (const [place, socket] of sockets.entries())
      socket.on('data', (bytes) => {
        if (!Number.isNaN(this.#heardAt[place])) return
        this.#heardAt[place] = performance.now()
        if (!bytes.toString('latin1', 0, 12).endsWith(' 200')) throw new Error(bytes.toString())
        if (--this.#missing === 0) this.#onAll()
      })
  }

  /** Each asks for its own; resolves to when each was answered, in the order of asking. */
  async ask(requestOf: (place: number) => string, whileWaiting: () => void): Promise<readonly number[]> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#onAll = () => resolve(undefined)
    this.#missing = this.#sockets.length
    this.#heardAt.fill(Number.NaN)
    for (const [place, socket] of this.#sockets.entries()) socket.write(requestOf(place))
    setTimeout(whileWaiting, 500)
    await promise
    return [...this.#heardAt]
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
