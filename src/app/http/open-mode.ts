import type { IncomingHttpHeaders } from 'node:http'
import { ConfigError } from '../config/config-error.ts'
import type { Config } from '../config/schema.ts'

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|\[::1\]|localhost)$/i
const FORWARDED = /^(forwarded|x-forwarded(-.+)?|x-real-ip|x-client-ip|via)$/

/** Without accounts a server must not be reachable from elsewhere: throws for any other address. */
export function assertLoopback({ host, iceHost }: Pick<Config, 'host' | 'iceHost'>): void {
  for (const [variable, address] of [
    ['KLIEG_HOST', host],
    ['KLIEG_ICE_HOST', iceHost || host],
  ] as const)
    if (!LOOPBACK.test(address))
      throw new ConfigError(
        `--open lets everybody broadcast without an account, so it listens on this machine only: ${variable} is "${address}", it must be 127.0.0.1`,
      )
}

/**
 * Why a request may not be served in open mode, undefined when it may: a proxy forwarded it from elsewhere, or a page
 * reached this machine under a name of its own (DNS rebinding).
 */
export function openModeRefusal(headers: IncomingHttpHeaders): string | undefined {
  const forwarded = Object.keys(headers).find((name) => FORWARDED.test(name))
  if (forwarded !== undefined)
    return `This server runs with --open and serves this machine only, not requests that a proxy forwards (${forwarded}).`
  const name = (headers.host ?? '').replace(/:\d+$/, '')
  if (!LOOPBACK.test(name)) return 'This server runs with --open and answers to 127.0.0.1 and localhost only.'
  return undefined
}
