import { lookup as systemLookup } from 'node:dns/promises'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type BlockList, isIP } from 'node:net'
import { isOutward } from './outward-address.ts'

type Address = { readonly address: string; readonly family: number }
/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly Address[]>

export type Post = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds for all of it. */
  readonly within: number
  /** Bytes of the answer that are read; the rest is left. */
  readonly maxAnswer: number
  readonly signal?: AbortSignal
}

export type Answer = { readonly status: number; readonly body: string }

export type GuardedPostOptions = {
  /** Inward networks that may be sent to all the same; `everywhere` for addresses from the configuration. */
  allowed: BlockList | 'everywhere'
  resolve?: Resolve
}

/** The address leads to where nothing may be sent. */
export class InwardAddressError extends Error {
  override readonly name = 'InwardAddressError'
}

/**
 * Posts to addresses that strangers chose. A name is resolved once, all its addresses are checked, and the connection
 * goes to the one that was checked, so that a name which answers differently the next time gains nothing. Redirects
 * are not followed.
 */
export class GuardedPost {
  readonly #allowed: BlockList | 'everywhere'
  readonly #resolve: Resolve

  constructor({ allowed, resolve }: GuardedPostOptions) {
    this.#allowed = allowed
    this.#resolve = resolve ?? ((name) => systemLookup(name, { all: true, order: 'verbatim' }))
  }

  /** Rejects with `InwardAddressError`, with a `TimeoutError`, or as the network fails. */
  async send(post: Post): Promise<Answer> {
    const deadline = AbortSignal.timeout(post.within)
    const signal = post.signal ? AbortSignal.any([deadline, post.signal]) : deadline
    const url = new URL(post.url)
    const place = await this.placeOf(url, signal)
    return exchange(url, place, { ...post, signal })
  }

  /** Where a connection would go. Rejects with `InwardAddressError`, or when the name is not known. */
  async placeOf({ protocol, hostname }: URL, signal: AbortSignal): Promise<Address> {
    if (protocol !== 'https:' && protocol !== 'http:') throw new InwardAddressError('only https and http')
    const host = hostname.replace(/^\[|\]$/g, '')
    const family = isIP(host)
    const places =
      family === 0 ? await unlessAborted(this.#resolve(host), signal) : [{ address: host, family }]
    const [place] = places
    if (!place) throw new Error(`${host} has no address`)
    const allowed = this.#allowed
    if (allowed !== 'everywhere' && !places.every(({ address }) => isOutward(address, allowed)))
      throw new InwardAddressError(
        `${host} leads to an address inside a network; KLIEG_WEBHOOK_ALLOW can allow it`,
      )
    return place
  }
}

function exchange(
  url: URL,
  { address, family }: Address,
  { headers, body, maxAnswer, signal }: Post & { signal: AbortSignal },
): Promise<Answer> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
      lookup: (_name, options, done) => {
        if (options.all) done(null, [{ address, family }])
        else done(null, address, family)
      },
    })
    outgoing.on('response', (answer) =>
      readSome(answer, maxAnswer).then((text) => {
        resolve({ status: answer.statusCode ?? 0, body: text })
        outgoing.destroy()
      }, reject),
    )
    outgoing.on('error', (error) => reject(signal.aborted ? reasonOf(signal) : error))
    outgoing.end(body)
  })
}

/** The beginning of the answer; one that breaks off has been answered all the same. */
async function readSome(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= maxBytes) break
    }
  } catch {
    // What has come is enough.
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8')
}

/** Why it was given up: an `AbortError` or a `TimeoutError`. */
function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('given up', { cause: reason })
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true })
    work.then(resolve, reject)
  })
}
