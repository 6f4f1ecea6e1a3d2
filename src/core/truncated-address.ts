import { addressBlock } from './address-block.ts'

/** The network an address belongs to, /24 or /48, which is as much as may be kept for long. */
export function truncatedAddress(address: string): string {
  if (address.includes('/')) return address // it is one already
  const block = addressBlock(address)
  if (block.includes(':')) {
    const [first, second, third] = block.replace('::/64', '').split(':')
    return `${first}:${second}:${third}::/48`
  }
  const network = /^(\d+\.\d+\.\d+)\.\d+$/.exec(block)?.[1]
  return network === undefined ? '' : `${network}.0/24`
}

/** One way to write one address: IPv4 written as IPv6 is IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
