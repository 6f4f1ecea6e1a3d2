import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemClock } from '../../platform/system-clock.ts'
import type { Config } from '../config/schema.ts'
import { IceServers } from './ice-servers.ts'

describe('the ICE servers that browsers are told of', () => {
  const clock = { ...systemClock, now: () => 1_795_000_000_000 }
  const servers = (iceServers: Config['iceServers'], turnSecret: string) =>
    new IceServers({ iceServers, turnSecret, secret: 'signs', clock })

  test('[ICE1] TURN servers come with credentials that expire, STUN servers without', () => {
    const [stun, turn] = servers(['stun:a:3478', 'turn:b:3478'], 'shared').for()

    assert.deepEqual(stun, { urls: ['stun:a:3478'] })
    assert.equal(turn?.username, '1795086400:klieg')
    assert.match(turn.credential ?? '', /^[A-Za-z0-9+/]{27}=$/)
  })

  test('[ICE2] each client has a name of its own there, which does not tell its address', () => {
    const all = servers(['turn:b:3478'], 'shared')
    const [here, again, elsewhere] = ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map(
      (address) => all.for(address)[0]?.username,
    )

    assert.equal(here, again)
    assert.notEqual(here, elsewhere)
    assert.ok(!here?.includes('192.0.2.1'))
  })

  test('[ICE3] credentials that are configured are told as they are', () => {
    const own = { urls: 'turns:c:443', username: 'me', credential: 'pass' }

    assert.deepEqual(servers([own], '').for(), [{ ...own, urls: ['turns:c:443'] }])
    assert.deepEqual(servers([own], 'shared').for('192.0.2.1'), [{ ...own, urls: ['turns:c:443'] }])
  })
})
