import type { FastifyReply, FastifyRequest } from 'fastify'
import { cookieIn } from '../../core/people/cookie-in.ts'
import { SIGN_IN_LIFE } from '../../core/people/sign-in-life.ts'

/**
 * The cookie of a sign-in. Behind https its name makes browsers insist that it came from this very host and path
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-cookie-name-prefixes).
 */
export class SessionCookie {
  /** All that may be believed, the safest first. */
  readonly names: readonly string[]
  readonly #path: string
  readonly #isSecure: (request: FastifyRequest) => boolean

  /** `publicUrl` is empty where it is not known; then each request shows whether it came by https. */
  constructor(publicUrl: string) {
    const url = publicUrl === '' ? undefined : new URL(publicUrl)
    this.#path = url?.pathname.replace(/\/$/, '') || '/'
    const safest = this.#path === '/' ? '__Host-klieg' : '__Secure-klieg'
    this.names = url ? [url.protocol === 'https:' ? safest : 'klieg'] : [safest, 'klieg']
    this.#isSecure = url ? () => url.protocol === 'https:' : ({ protocol }) => protocol === 'https'
  }

  /** The token that a request brought. */
  tokenIn({ headers: { cookie } }: FastifyRequest): string | undefined {
    return cookie === undefined ? undefined : cookieIn(cookie, this.names)
  }

  set(request: FastifyRequest, reply: FastifyReply, token: string): void {
    this.#write(request, reply, token, SIGN_IN_LIFE.maxAge)
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.#write(request, reply, '', 0)
  }

  #write(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
    const secure = this.#isSecure(request)
    const name = secure ? this.names[0] : this.names.at(-1)
    const parts = [`${name}=${value}`, `Path=${this.#path}`, `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Lax']
    reply.header('set-cookie', [...parts, ...(secure ? ['Secure'] : [])].join('; '))
  }
}
