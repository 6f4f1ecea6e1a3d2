import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOutward, networksOf } from './outward-address.ts'

const NONE = networksOf([])

test('[WH50] no address inside a network is outward: IPv4, IPv6, and one written as the other', () => {
  for (const address of [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1'],
    ...['127.255.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.168.1.1'],
    ...['198.18.0.1', '198.19.255.255', '203.0.113.5', '224.0.0.1', '239.1.1.1', '240.0.0.1'],
    ...['255.255.255.255', '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ...['0:0:0:0:0:ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::1', '100::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    ...['ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::1', '3fff::1', '5f00::1'],
    ...['', 'localhost', '127.1', '2130706433', '0x7f.1', '1.2.3', '1.2.3.4.5'],
  ])
    assert.equal(isOutward(address, NONE), false, address)
})

test('[WH50] what is out in the internet is outward', () => {
  for (const address of [
    ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.1', '100.63.255.255', '100.128.0.1', '126.0.0.1'],
    ...['169.253.0.1', '172.15.0.1', '172.32.0.1', '192.167.0.1', '198.17.0.1', '198.20.0.1'],
    ...['223.255.255.255', '::ffff:8.8.8.8', '2606:4700:4700::1111', '2001:4860:4860::8888', '2a00::1'],
  ])
    assert.equal(isOutward(address, NONE), true, address)
})

test('[WH51] networks that are allowed are outward, and nothing beside them', () => {
  const allowed = networksOf(['10.1.0.0/16', '127.0.0.2', 'fd00:1::/32', '::1'])
  for (const address of ['10.1.2.3', '127.0.0.2', '::ffff:10.1.2.3', 'fd00:1::5', '::1', '8.8.8.8'])
    assert.equal(isOutward(address, allowed), true, address)
  for (const address of ['10.2.0.1', '127.0.0.1', '::ffff:127.0.0.1', 'fd00:2::1', '::2'])
    assert.equal(isOutward(address, allowed), false, address)
})
