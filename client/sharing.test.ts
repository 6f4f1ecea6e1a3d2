import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import { wholeServer } from '../test/support/whole-server.ts'
import { followBroadcasts } from './live-list.ts'
import * as sharing from './sharing.ts'

/** All that asks the server. */
const CALLS: Readonly<Record<Exclude<keyof typeof sharing, 'withViewerToken'>, () => Promise<unknown>>> = {
  createViewerToken: () => sharing.createViewerToken('a', { name: 'Ann', expiresIn: 3600 }),
  listViewerTokens: () => sharing.listViewerTokens('a'),
  revokeViewerToken: () => sharing.revokeViewerToken('a', 'b/c'),
  getNamedViewers: () => sharing.getNamedViewers('a'),
  setNamedViewers: () => sharing.setNamedViewers('a', { users: ['ann'] }),
}

describe('sharing by the SDK', () => {
  test('[CL150] each call is one request that the server has a route for and takes', async (t) => {
    const browser = new FakeBrowser(t)
    browser.answer = () => Response.json({ items: [], users: [] })
    for (const call of Object.values(CALLS)) await call()
    assert.equal(browser.requests.length, Object.keys(CALLS).length)

    await using server = await wholeServer({ open: false })
    for (const { method, url, body } of browser.requests) {
      const answer = await server.fastify.inject({
        method: method as 'GET',
        url: url.replace('https://live.example', ''),
        headers: { ...(body !== '' && { 'content-type': 'application/json' }) },
        ...(body !== '' && { payload: body }),
      })
      assert.equal(answer.statusCode, 401, `${method} ${url}: ${answer.body}`)
    }
  })

  test('[CL151] what can send no header has the token in its address', async (t) => {
    const browser = new FakeBrowser(t)
    assert.equal(sharing.withViewerToken('/a.jpg?v=1', 'x.y.z'), '/a.jpg?v=1&token=x.y.z')
    assert.equal(sharing.withViewerToken('/a.jpg', 'x.y.z'), '/a.jpg?token=x.y.z')
    assert.equal(sharing.withViewerToken('/a.jpg', undefined), '/a.jpg')

    const stops = [
      followBroadcasts({}, { broadcast: 'a', token: 'x.y.z' }),
      followBroadcasts({}, { broadcast: 'a', token: async () => 'fresh' }),
    ]
    await browser.pass(1)
    assert.deepEqual(
      browser.eventSources.map(({ url }) => url),
      [
        'https://live.example/api/events?broadcast=a&token=x.y.z',
        'https://live.example/api/events?broadcast=a&token=fresh',
      ],
    )
    for (const stop of stops) stop()
  })
})
