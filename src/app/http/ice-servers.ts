import { createHmac } from 'node:crypto'
import { addressBlock } from '../../core/address-block.ts'
import type { IceServer } from '../../core/ice-server.ts'
import type { Clock } from '../../core/ports.ts'
import type { Config } from '../config/schema.ts'

export type IceServersOptions = Pick<Config, 'iceServers' | 'turnSecret'> & {
  /** Signs the names that TURN servers know clients by. */
  secret: string
  clock: Clock
}

const LIFETIME_SECONDS = 24 * 60 * 60
const ANYBODY = 'klieg'

/**
 * The servers that browsers are told of. With a secret shared with the TURN server each client gets a password of its
 * own that expires (draft-uberti-behave-turn-rest).
 */
export class IceServers {
  readonly #options: IceServersOptions

  constructor(options: IceServersOptions) {
    this.#options = options
  }

  /** For the client at this address, whom a TURN server can then tell from others without learning the address. */
  readonly for = (address?: string): IceServer[] => {
    const { iceServers, turnSecret, secret, clock } = this.#options
    const user = address === undefined ? ANYBODY : pseudonym(secret, address)
    return iceServers.map((configured) => {
      const server = typeof configured === 'string' ? { urls: configured } : configured
      const urls = [server.urls].flat()
      const isTurn = urls.some((url) => url.startsWith('turn'))
      if (!isTurn || turnSecret === '' || 'credential' in server) return { ...server, urls }
      const username = `${Math.floor(clock.now() / 1000) + LIFETIME_SECONDS}:${user}`
      return { urls, username, credential: createHmac('sha1', turnSecret).update(username).digest('base64') }
    })
  }
}

function pseudonym(secret: string, address: string): string {
  return createHmac('sha256', secret)
    .update(`turn ${addressBlock(address)}`)
    .digest('base64url')
    .slice(0, 16)
}
