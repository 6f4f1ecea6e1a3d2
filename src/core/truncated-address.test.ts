import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainAddress, truncatedAddress } from './truncated-address.ts'

test('[WL12] an address is cut to its network', () => {
  const cases: Record<string, string> = {
    '203.0.113.77': '203.0.113.0/24',
    '::ffff:203.0.113.77': '203.0.113.0/24',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1::/48',
    '2001:0DB8:0001::6': '2001:db8:1::/48',
    '::1': '0:0:0::/48',
    'fe80::1%eth0': 'fe80:0:0::/48',
    '': '',
    nonsense: '',
  }
  for (const [address, network] of Object.entries(cases)) {
    assert.equal(truncatedAddress(address), network)
    assert.equal(truncatedAddress(network), network)
  }
})

test('[WL12] IPv4 is written as IPv4', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(plainAddress('::FFFF:192.0.2.1'), '192.0.2.1')
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1')
})
