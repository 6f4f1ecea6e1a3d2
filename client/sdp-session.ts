import { iceServersIn, type Link, parseLinks } from './link-header.ts'
import { problemIn, unreachable } from './problem-answer.ts'
import { ProblemError } from './problem-error.ts'

/** Stream key or viewer token; a function is asked for each request. */
export type Bearer = string | (() => string | Promise<string>) | undefined

const ANSWER_WITHIN = 10_000
const GOODBYE_WITHIN = 2000

/**
 * One WHIP or WHEP session on the server: an offer sent there made it, and it is controlled by its own URL.
 * https://www.rfc-editor.org/rfc/rfc9725
 */
export class SdpSession {
  readonly answer: string
  /** Undefined for servers that give no way to control the session. */
  readonly url: string | undefined
  readonly links: readonly Link[]
  readonly iceServers: readonly RTCIceServer[]
  readonly #etag: string | null
  readonly #bearer: Bearer
  #closing: Promise<void> | undefined

  /** Rejects with ProblemError. */
  static async open(
    url: string | URL,
    offer: string,
    { bearer, signal }: { bearer: Bearer; signal: AbortSignal },
  ): Promise<SdpSession> {
    const response = await ask(url, {
      bearer,
      signal,
      method: 'POST',
      type: 'application/sdp',
      body: offer,
    })
    const answer = await response.text()
    if (!answer.startsWith('v='))
      throw new ProblemError('not-sdp', 'There is no WHIP or WHEP endpoint at this address.', { final: true })
    return new SdpSession(answer, response, bearer, url)
  }

  private constructor(answer: string, { headers, url }: Response, bearer: Bearer, asked: string | URL) {
    const base = url || asked // where a redirect led
    const location = headers.get('location')
    this.answer = answer
    this.url = location === null ? undefined : new URL(location, base).href
    this.links = parseLinks(headers.get('link'), base)
    this.iceServers = iceServersIn(this.links)
    this.#etag = headers.get('etag')
    this.#bearer = bearer
  }

  /** Sends candidates found after the offer. Failure is no problem: the server may find the way by itself. */
  async trickle(fragment: string, signal: AbortSignal): Promise<void> {
    if (this.url === undefined || this.#closing) return
    await ask(this.url, {
      bearer: this.#bearer,
      signal,
      method: 'PATCH',
      type: 'application/trickle-ice-sdpfrag',
      body: fragment,
      headers: { 'if-match': this.#etag ?? '*' },
    }).catch(() => undefined)
  }

  /** Sends JSON to a resource of this session. Rejects with ProblemError. */
  post(url: string, body: unknown, signal: AbortSignal): Promise<Response> {
    return ask(url, {
      bearer: this.#bearer,
      signal,
      method: 'POST',
      type: 'application/json',
      body: JSON.stringify(body),
    })
  }

  /** Says goodbye, also while the page goes away. Never rejects; every call waits for the same answer. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.url === undefined) return
    const { signal } = new AbortController()
    const goodbye = { method: 'DELETE', keepalive: true, within: GOODBYE_WITHIN }
    await ask(this.url, { bearer: this.#bearer, signal, ...goodbye }).catch(() => undefined)
  }
}

type Request = {
  bearer: Bearer
  signal: AbortSignal
  method: string
  type?: string
  body?: string
  headers?: Record<string, string>
  keepalive?: boolean
  within?: number
}

async function ask(url: string | URL, request: Request): Promise<Response> {
  const { bearer, signal, method, type, body = null, keepalive = false, within = ANSWER_WITHIN } = request
  const headers = new Headers(request.headers)
  if (type !== undefined) headers.set('content-type', type)
  // A key that is already known is not waited for: a page that goes away runs nothing that waits.
  const secret = typeof bearer === 'function' ? await bearer() : bearer
  if (secret !== undefined && secret !== '') headers.set('authorization', `Bearer ${secret}`)

  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), within)
  let response: Response
  try {
    const signals = AbortSignal.any([signal, patience.signal])
    response = await fetch(url, { method, headers, body, keepalive, signal: signals })
  } catch (cause) {
    if (signal.aborted) throw cause
    if (patience.signal.aborted) throw new ProblemError('timeout', 'The server does not answer.', { cause })
    throw unreachable(cause)
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) throw await problemIn(response)
  return response
}
