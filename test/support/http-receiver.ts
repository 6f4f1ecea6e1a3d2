import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }

/** A web server on this machine that remembers what was posted to it. */
export class HttpReceiver implements AsyncDisposable {
  readonly received: Received[] = []
  /** Status that it answers, or what it does instead. */
  answer: number | ((request: IncomingMessage, response: ServerResponse, received: Received) => void) = 200
  readonly #server = createServer((request, response) => void this.#take(request, response))

  static async listen(host = '127.0.0.1', port = 0): Promise<HttpReceiver> {
    const receiver = new HttpReceiver()
    await once(receiver.#server.listen(port, host), 'listening')
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk
    const received = { path: request.url ?? '', headers: request.headers, body }
    this.received.push(received)
    if (typeof this.answer === 'function') this.answer(request, response, received)
    else response.writeHead(this.answer, { 'content-type': 'text/plain' }).end(`answers ${this.answer}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
