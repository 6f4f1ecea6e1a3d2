import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { OFFER, SDP_TYPE } from '../../test/support/webrtc-door.ts'
import { wholeServer } from '../../test/support/whole-server.ts'
import { mayUpgradeWith } from '../protocols/request-identity.ts'
import { readConfig } from './config/read-config.ts'
import { type HostUser, HostAuthentication } from './host-authentication.ts'
import { KliegServer } from './klieg-server.ts'

const USERS: Readonly<Record<string, HostUser>> = {
  ann: { id: 'ann', name: 'Ann', role: 'broadcaster' },
  vera: { id: 'vera', name: 'Vera', role: 'viewer' },
  root: { id: 'root', name: 'Root', role: 'admin' },
}

/** A server whose users an application knows, by a cookie or a token of its own. */
async function setUp() {
  const logger = new FakeLogger()
  const application = { answer: undefined as unknown, asked: 0 }
  const host = new HostAuthentication(({ headers }) => {
    application.asked++
    if (application.answer !== undefined) return application.answer as HostUser
    const name =
      /^session=(\w+)/.exec(headers.cookie ?? '')?.[1] ??
      /^Bearer app-(\w+)/.exec(headers.authorization ?? '')?.[1]
    return USERS[name ?? ''] ?? null
  }, logger)
  const server = await wholeServer({ open: false, authentication: host })
  const ask = (
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    headers: Record<string, string> = {},
    payload?: object | string,
  ) =>
    server.fastify.inject({
      method,
      url,
      headers: { host: 'localhost', ...headers },
      ...(payload && { payload }),
    })
  return {
    server,
    host,
    logger,
    application,
    ask,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const OWN_PAGE = { origin: 'http://localhost' }
const as = (name: string) => ({ ...OWN_PAGE, cookie: `session=${name}` })

describe('users of the application that embeds the server', () => {
  test('[EMB1] do what their role allows, and own what they make', async () => {
    await using rig = await setUp()
    const made = await rig.ask('POST', '/api/broadcasts', as('ann'), { visibility: 'private' })
    assert.equal(made.statusCode, 201)
    const { id } = made.json<{ id: string }>()
    const see = async (name: string) => (await rig.ask('GET', `/api/broadcasts/${id}`, as(name))).statusCode
    assert.deepEqual(
      [await see('ann'), await see('root'), await see('vera'), await see('')],
      [200, 200, 404, 404],
    )
    const make = async (name: string) => (await rig.ask('POST', '/api/broadcasts', as(name), {})).statusCode
    assert.deepEqual([await make('vera'), await make('nobody')], [403, 401])
    const settings = async (name: string) =>
      (await rig.ask('GET', '/api/admin/settings', as(name))).statusCode
    assert.deepEqual([await settings('root'), await settings('ann')], [200, 403])
  })

  test('[EMB2] are all there are: no route and no page of our own accounts', async () => {
    await using rig = await setUp()
    const ours = rig.server.routes.filter(({ url }) =>
      /^\/api\/(auth|users|invitations|setup|api-keys)|^\/(setup|sign-in|reset|invitation|register|account)\//.test(
        url,
      ),
    )
    assert.deepEqual(ours, [])
    for (const url of ['/api/auth/me', '/api/users', '/sign-in/', '/setup/', '/account/'])
      assert.equal((await rig.ask('GET', url, as('root'))).statusCode, 404, url)
    const { accounts, user, open } = (await rig.ask('GET', '/api/server', as('vera'))).json()
    assert.deepEqual([accounts, user, open], [null, USERS['vera'], false])
    assert.equal((await rig.ask('GET', '/api/server')).json().user, null)
  })

  test('[EMB3] are not acted for by pages of other sites', async () => {
    await using rig = await setUp()
    const make = async (headers: Record<string, string>) =>
      (await rig.ask('POST', '/api/broadcasts', headers, {})).statusCode
    assert.equal(await make({ ...as('ann'), origin: 'https://evil.example' }), 403)
    assert.equal(await make({ cookie: 'session=ann' }), 403)
    assert.equal(await make({ authorization: 'Bearer app-ann' }), 201)
    const identity = { kind: 'host', person: USERS['ann']! } as const
    const upgrade = (headers: Record<string, string>) =>
      mayUpgradeWith(identity, { headers } as never, ({ headers: { origin } }) => origin === OWN_PAGE.origin)
    assert.equal(upgrade(OWN_PAGE), true)
    assert.equal(upgrade({ origin: 'https://evil.example' }), false)
    assert.equal(upgrade({}), false)
    assert.equal(upgrade({ authorization: 'Bearer app-ann' }), true)
  })

  test('[EMB4] may be known by the header that stream keys come in', async () => {
    await using rig = await setUp()
    const made = await rig.ask('POST', '/api/broadcasts', as('ann'), {})
    const { id, streamKey } = made.json<{ id: string; streamKey: string }>()
    const publish = (headers: Record<string, string>) =>
      rig.ask('POST', `/whip/${id}`, { ...SDP_TYPE, ...headers }, OFFER)
    assert.equal((await publish({ authorization: 'Bearer app-vera' })).statusCode, 403)
    assert.equal((await publish({ authorization: 'Bearer wrong' })).statusCode, 401)
    assert.equal((await publish({ authorization: 'Bearer app-ann' })).statusCode, 201)
    assert.equal((await publish({ authorization: `Bearer ${streamKey}` })).statusCode, 201)
  })

  test('[EMB5] cannot be known when the application fails or answers nonsense', async () => {
    await using rig = await setUp()
    await rig.server.broadcasts.create({ id: 'lecture' })
    for (const answer of [
      Promise.reject(new Error('its database is away')),
      undefined,
      { id: 'ann' },
      { id: '', name: 'Ann', role: 'viewer' },
      { id: 'ann', name: 'Ann', role: 'owner' },
    ]) {
      rig.application.answer = answer ?? false
      const refused = await rig.ask('GET', '/api/server', as('ann'))
      assert.deepEqual([refused.statusCode, refused.json().code], [503, 'overloaded'])
      assert.equal((await rig.ask('GET', '/hls/lecture/index.m3u8')).statusCode, 409)
    }
    assert.match(rig.logger.lines.map(({ message }) => message).join(), /did not say who sent a request/)
  })

  test('[EMB6] are sent away from what is private when they are revoked', async () => {
    await using rig = await setUp()
    const { broadcast } = await rig.server.goLive({ id: 'lecture', ownerId: 'ann', visibility: 'private' })
    await rig.server.shareStore.setViewers('lecture', ['vera'])
    const watch = () => rig.ask('POST', '/whep/lecture', { ...SDP_TYPE, ...as('vera') }, OFFER)
    assert.equal((await watch()).statusCode, 201)
    assert.equal(rig.server.grants.size, 1)
    rig.host.revoke('vera')
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(rig.server.grants.size, 0)
    assert.equal(broadcast.viewers, 0)
    assert.equal((await watch()).statusCode, 201, 'the application is asked again')
  })

  test('[EMB7] are none in open mode', async () => {
    const config = readConfig({}, '/nonexistent/klieg.config.json')
    await assert.rejects(
      KliegServer.start({ config, open: true, version: '1.2.3', authenticate: () => null }),
      /open to everybody/,
    )
  })
})
