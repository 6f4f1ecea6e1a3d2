import { BlockList, isIP } from 'node:net'

/** What is no place in the open internet: https://www.iana.org/assignments/iana-ipv4-special-registry, and for IPv6. */
const INWARD_4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8',
  '100.64.0.0/10', // behind a carrier's NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local; clouds answer with their metadata here
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/3', // multicast, reserved and broadcast
]
const INWARD_6 = [
  '::/3', // unspecified, loopback, mapped, NAT64: everything below global unicast
  '2001::/23', // protocols, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4 carries any IPv4 address
  '3fff::/20', // documentation
  '4000::/2', // not given to anybody
  '8000::/1', // the same, and unique local, link-local and multicast
]

/** Networks, such as `10.0.0.0/8`, and single addresses. */
export function networksOf(entries: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) networks.addAddress(address, family)
    else networks.addSubnet(address, Number(prefix), family)
  }
  return networks
}

/** One for each, for a list takes an IPv4 address for IPv6 too. */
const inward = { ipv4: networksOf(INWARD_4), ipv6: networksOf(INWARD_6) } as const

/** Whether an IP address is out in the internet, or in one of the networks that are allowed all the same. */
export function isOutward(address: string, allowed: BlockList): boolean {
  const plain = plainOf(address)
  const version = isIP(plain)
  if (version === 0) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  return allowed.check(plain, family) || !inward[family].check(plain, family)
}

/** Without the zone; IPv4 written as IPv6 (`::ffff:7f00:1`) as IPv4. */
function plainOf(address: string): string {
  const [bare = ''] = address.split('%')
  if (isIP(bare) !== 6) return bare
  const written = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(written)
  if (!mapped) return written
  const [high, low] = [parseInt(mapped[1] ?? '', 16), parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
