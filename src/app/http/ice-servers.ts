import { createHmac } from 'node:crypto'
import type { IceServer } from '../../core/ice-server.ts'

const LIFETIME_SECONDS = 24 * 60 * 60

/**
 * The servers that browsers are told of. With a secret shared with the TURN server each client gets a password of its
 * own that expires (draft-uberti-behave-turn-rest).
 */
export function iceServersFor(urls: readonly string[], turnSecret: string, now: number): IceServer[] {
  return urls.map((url) => {
    if (!url.startsWith('turn') || turnSecret === '') return { urls: [url] }
    const username = `${Math.floor(now / 1000) + LIFETIME_SECONDS}:klieg`
    return {
      urls: [url],
      username,
      credential: createHmac('sha1', turnSecret).update(username).digest('base64'),
    }
  })
}
