import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const BUCKET_PATH = 'owner/stream-1'

/** Answers as a Klieg server and its storage do, on one port, and goes wrong in the ways that a test asks for. */
export class ProvisioningServer implements AsyncDisposable {
  /** What was uploaded, by its name below the stream's own place. */
  readonly objects = new Map<string, string | Buffer>()
  /** Names in the order in which they were uploaded. */
  readonly uploads: string[] = []
  /** What a playlist named before it was there, and requests that no client should make. */
  readonly faults: string[] = []
  /** Parameters of each call. */
  readonly calls: { verb: string; parameters: Record<string, string>; authorization: string | undefined }[] =
    []
  /** While it is true, connections to the storage are cut. */
  storageIsAway = false
  /** Whether the stream was stopped by somebody. */
  stopped = false
  /** Seconds that credentials say they last. */
  expiration = 3600
  #generation = 0
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  static async listen(): Promise<ProvisioningServer> {
    const fixture = new ProvisioningServer()
    await once(fixture.#server.listen(0, '127.0.0.1'), 'listening')
    return fixture
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** From now on the storage refuses the credentials that were given so far. */
  expireCredentials(): void {
    this.#generation++
  }

  playlist(name: string): string {
    return String(this.objects.get(name) ?? '')
  }

  callsOf(verb: string): number {
    return this.calls.filter((call) => call.verb === verb).length
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    const isStorage = request.url?.startsWith('/bucket/') ?? false
    if (isStorage && this.storageIsAway) return void request.socket.destroy()
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (isStorage) this.#store(request, response, body)
    else this.#call(request, response, body)
  }

  #store({ url = '', method, headers }: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const name = url.slice(`/bucket/${BUCKET_PATH}/`.length)
    if (method !== 'PUT' || !url.startsWith(`/bucket/${BUCKET_PATH}/`) || !headers['content-length'])
      this.faults.push(`${method} ${url}`)
    const key = /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1]
    const isRight = key === this.#key && headers['x-amz-security-token'] === this.#token
    if (!isRight) return void response.writeHead(403).end('<Error><Code>ExpiredToken</Code></Error>')
    this.uploads.push(name)
    this.objects.set(name, name.endsWith('.m3u8') ? body.toString() : body)
    if (name.endsWith('.m3u8'))
      for (const [segment = ''] of this.playlist(name).matchAll(/(?<!GAP\n)^[^#\n].*$/gm))
        if (!this.objects.has(segment)) this.faults.push(`${name} names ${segment}`)
    response.writeHead(200).end()
  }

  #call({ url = '', method, headers }: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const verb = /^\/stream\/(start|refresh|stop)\/$/.exec(url)?.[1]
    if (verb === undefined || method !== 'POST') {
      this.faults.push(`${method} ${url}`)
      return void response.writeHead(404).end()
    }
    const parameters = Object.fromEntries(new URLSearchParams(body.toString()))
    this.calls.push({ verb, parameters, authorization: headers.authorization })
    if (verb !== 'start' && this.stopped)
      return void response.writeHead(409).end('{"code":"broadcast-ended"}')
    if (verb === 'stop') this.stopped = true
    const stream = { id: 'stream-1', name: 'Lecture', start_date: '2015-10-22 15:27:40' }
    const s3 = {
      aws_access_key_id: this.#key,
      aws_secret_access_key: 'secret',
      aws_session_token: this.#token,
      aws_expiration: this.expiration,
      s3_bucket_name: 'bucket',
      s3_bucket_path: BUCKET_PATH,
      s3_bucket_region: 'us-east-1',
    }
    const answer =
      verb === 'stop'
        ? { stream: { ...stream, stop_date: '2015-10-22 16:27:40' } }
        : { stream, endpoint: { S3: s3 } }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  get #key(): string {
    return `KEY${this.#generation}`
  }

  get #token(): string {
    return `token-${this.#generation}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
