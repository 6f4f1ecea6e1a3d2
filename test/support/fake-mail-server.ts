import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export type ReceivedLetter = {
  readonly from: string
  readonly to: readonly string[]
  readonly content: string
}

/** Speaks just enough SMTP (RFC 5321) to take letters, and keeps them. */
export class FakeMailServer implements AsyncDisposable {
  readonly letters: ReceivedLetter[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  static async listen(): Promise<FakeMailServer> {
    const server = new FakeMailServer()
    await once(server.#server.listen(0, '127.0.0.1'), 'listening')
    return server
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
      this.#talk(socket)
    })
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #talk(socket: Socket): void {
    let [from, to, pending, content]: [string, string[], string, string | undefined] = ['', [], '', undefined]
    const answer = (line: string) => socket.write(`${line}\r\n`)
    const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? ''
    const take = (line: string) => {
      if (content !== undefined) {
        if (line !== '.') return void (content += `${line.replace(/^\./, '')}\r\n`)
        this.letters.push({ from, to, content })
        content = undefined
        answer('250 taken')
      } else if (/^MAIL/i.test(line)) {
        ;[from, to] = [address(line), []]
        answer('250 ok')
      } else if (/^RCPT/i.test(line)) {
        to.push(address(line))
        answer('250 ok')
      } else if (/^DATA/i.test(line)) {
        content = ''
        answer('354 go on')
      } else if (/^QUIT/i.test(line)) {
        answer('221 bye')
        socket.end()
      } else answer('250 ok')
    }
    answer('220 fake')
    socket.on('data', (chunk: Buffer) => {
      const lines = (pending + chunk.toString()).split('\r\n')
      pending = lines.pop() ?? ''
      for (const line of lines) take(line)
    })
  }
}
