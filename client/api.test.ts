import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import {
  createBroadcast,
  getBroadcast,
  getServer,
  getViewersOverTime,
  listBroadcasts,
  listViewings,
  removeBroadcast,
  rotateStreamKey,
  stopBroadcast,
  updateBroadcast,
  uploadThumbnail,
  viewingsExport,
} from './api.ts'
import { followBroadcasts } from './live-list.ts'

function setUp(t: TestContext, answer: unknown = {}) {
  const browser = new FakeBrowser(t)
  browser.answer = () => Response.json(answer)
  return browser
}

describe('the watch log', () => {
  test('[WL56] the SDK reads it, tells where it is exported, and leaves out what is not asked for', async (t) => {
    const browser = setUp(t)
    await listViewings({ q: 'a&b', authenticated: false, from: undefined, page: 2 })
    await getViewersOverTime('a b')

    assert.deepEqual(
      browser.requests.map(({ method, url }) => `${method} ${url}`),
      [
        'GET https://live.example/api/viewings?q=a%26b&authenticated=false&page=2',
        'GET https://live.example/api/broadcasts/a%20b/viewers-over-time',
      ],
    )
    const url = viewingsExport('csv', { broadcast: 'x' }, 'https://other.example/base/')
    assert.equal(url.href, 'https://other.example/base/api/viewings.csv?broadcast=x')
  })
})

describe('the API', () => {
  test('[CL70] each call is one request, with the key where one is given', async (t) => {
    const browser = setUp(t)
    const access = { key: 'k' }
    await createBroadcast({ title: 'Lecture' })
    await getBroadcast('a b', access)
    await listBroadcasts({ state: 'live', page: 2 })
    await updateBroadcast('a', { title: 'Other' }, access)
    await stopBroadcast('a', access)
    await removeBroadcast('a', access)
    await rotateStreamKey('a', access)
    await uploadThumbnail('a', new Blob(['x']), access)
    await getServer({ server: 'https://other.example/base/' })

    assert.deepEqual(
      browser.requests.map(({ method, url }) => `${method} ${url}`),
      [
        'POST https://live.example/api/broadcasts',
        'GET https://live.example/api/broadcasts/a%20b',
        'GET https://live.example/api/broadcasts?state=live&page=2',
        'PATCH https://live.example/api/broadcasts/a',
        'POST https://live.example/api/broadcasts/a/stop',
        'DELETE https://live.example/api/broadcasts/a',
        'POST https://live.example/api/broadcasts/a/stream-key',
        'PUT https://live.example/api/broadcasts/a/thumbnail',
        'GET https://other.example/base/api/server',
      ],
    )
    assert.equal(browser.requests[0]?.body, '{"title":"Lecture"}')
    assert.equal(browser.requests[0].headers['authorization'], undefined)
    assert.equal(browser.requests[1]?.headers['authorization'], 'Bearer k')
    assert.equal(browser.requests[7]?.headers['content-type'], 'image/jpeg')
  })

  test('[CL71] a refusal is a ProblemError with the code of the server', async (t) => {
    const browser = setUp(t)
    const problem = { status: 429, code: 'too-many-requests', detail: 'Slow down.' }
    browser.answer = () =>
      new Response(JSON.stringify(problem), {
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '7' },
      })

    await assert.rejects(getBroadcast('a'), {
      name: 'ProblemError',
      code: 'too-many-requests',
      message: 'Slow down.',
      status: 429,
      retryAfter: 7,
      final: false,
    })
  })

  test('[CL71] a refusal without details, and no answer at all, have words of their own', async (t) => {
    const browser = setUp(t)
    browser.answer = () => new Response('<html>', { status: 502, headers: { 'retry-after': 'never' } })
    await assert.rejects(getBroadcast('a'), { code: 'server-error', status: 502, retryAfter: undefined })
    browser.answer = () => new TypeError('failed to fetch')

    await assert.rejects(getBroadcast('a'), { code: 'unreachable', status: 0, final: false })
  })

  test('[CL72] the live list is told whole and then by its changes', (t) => {
    const browser = setUp(t)
    const heard: unknown[] = []
    const stop = followBroadcasts(
      {
        onList: (broadcasts) => heard.push(['list', broadcasts.map(({ id }) => id)]),
        onStarted: ({ id }) => heard.push(['started', id]),
        onUpdated: ({ id }) => heard.push(['updated', id]),
        onEnded: ({ id }) => heard.push(['ended', id]),
        onRemoved: (id) => heard.push(['removed', id]),
        onConnected: (connected) => heard.push(connected),
      },
      { broadcast: 'a' },
    )
    const source = browser.eventSources[0]!
    source.open()
    source.say('list', { broadcasts: [{ id: 'a' }] })
    for (const event of ['started', 'updated', 'ended', 'removed']) source.say(event, { id: 'a' })
    source.break()
    stop()

    assert.equal(source.url, 'https://live.example/api/events?broadcast=a')
    assert.deepEqual(heard, [
      true,
      ['list', ['a']],
      ['started', 'a'],
      ['updated', 'a'],
      ['ended', 'a'],
      ['removed', 'a'],
      false,
    ])
    assert.equal(source.closed, true)
  })
})
