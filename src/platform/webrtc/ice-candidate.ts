import { isIP } from 'node:net'

/** Longer than any candidate that says something. */
const MAX_LENGTH = 512

/**
 * Whether a remote candidate (RFC 8839 §5.1, without `a=candidate:`) can be used as it is: UDP, RTP's component and
 * an address. Names, also those ending in `.local`, would have to be looked up on behalf of a stranger.
 */
export function isUsableCandidate(candidate: string): boolean {
  if (candidate.length > MAX_LENGTH || /[\r\n\0]/.test(candidate)) return false
  const [foundation, component, protocol, priority, address, port, typ] = candidate.split(' ')
  return (
    /^[\w+/-]{1,32}$/.test(foundation ?? '') &&
    component === '1' &&
    /^udp$/i.test(protocol ?? '') &&
    isNumberUpTo(priority, 2 ** 32 - 1) &&
    isIP(address ?? '') !== 0 &&
    port !== '0' &&
    isNumberUpTo(port, 65_535) &&
    typ === 'typ'
  )
}

/** A candidate for an address that the machine itself does not know; preferred over those it knows. */
export function announcedCandidate(address: string, port: number, index: number): string {
  const priority = 126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255 // RFC 8445 §5.1.2.1
  return `public${index} 1 udp ${priority} ${address} ${port} typ host`
}

/** The address that a candidate names. */
export function addressOf(candidate: string): string {
  return candidate.split(' ', 5)[4] ?? ''
}

function isNumberUpTo(text: string | undefined, most: number): boolean {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= most
}
