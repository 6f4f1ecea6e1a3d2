import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** What a client asked for, as it saw it. */
export type AskedFor = { readonly protocol: string; readonly host: string }

/** The proxies in front of the server, whose word about the client is believed. */
export class TrustedProxies {
  readonly #networks = new BlockList()

  /** IP addresses and networks, as `KLIEG_TRUST_PROXY` has them. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/')
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      if (prefix === undefined) this.#networks.addAddress(address, family)
      else this.#networks.addSubnet(address, Number(prefix), family)
    }
  }

  readonly trusts = (address: string | undefined): boolean => {
    const version = isIP(address ?? '')
    return version !== 0 && this.#networks.check(address ?? '', version === 6 ? 'ipv6' : 'ipv4')
  }

  /** The nearest address that is no trusted proxy: those behind it are hearsay. */
  readonly addressOf = ({ socket, headers }: IncomingMessage): string => {
    const hops = [socket.remoteAddress ?? '', ...valuesOf(headers, 'x-forwarded-for').reverse()]
    return hops.find((hop) => !this.trusts(hop)) ?? hops.at(-1) ?? ''
  }

  readonly askedFor = ({ socket, headers }: IncomingMessage): AskedFor => {
    const trusted = this.trusts(socket.remoteAddress)
    const said = (name: string) => (trusted ? valuesOf(headers, name).at(-1) : undefined)
    const direct = 'encrypted' in socket && socket.encrypted ? 'https' : 'http'
    return {
      protocol: said('x-forwarded-proto') ?? direct,
      host: said('x-forwarded-host') ?? headers.host ?? 'localhost',
    }
  }
}

function valuesOf(headers: IncomingHttpHeaders, name: string): string[] {
  return [headers[name] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}
