import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CreatedBroadcast, KliegProcess } from '../support/klieg-process.ts'
import { invite, setUpAdmin, Tab } from '../support/klieg-people.ts'
import { strangersOffer } from '../support/offers.ts'
import { SignallingClient } from '../support/signalling-client.ts'
import { encodedPublisher } from '../support/synthetic-peers.ts'

type Token = { id: string; token: string; url: string }

/** A live private broadcast of a broadcaster, on a server with accounts. */
async function privateBroadcast(server: KliegProcess) {
  const admin = await setUpAdmin(server)
  const { tab: owner, id: ownerId } = await invite(admin, 'broadcaster', 'ann')
  const broadcast = await owner.get<CreatedBroadcast>('POST', '/api/broadcasts', { visibility: 'private' })
  const publisher = await encodedPublisher(broadcast.urls.whip, broadcast.streamKey)
  const share = () =>
    owner.get<Token>('POST', `/api/broadcasts/${broadcast.id}/viewer-tokens`, { name: 'Vera' })
  return { admin, owner, ownerId, broadcast, publisher, share }
}

/** Answers of every door to the same broadcast. */
async function statusesOf(tab: Tab, { id }: { id: string }, token?: string): Promise<Record<string, number>> {
  const query = token === undefined ? '' : `?token=${token}`
  const whep = await tab.ask('POST', `/whep/${id}${query}`, undefined, { 'content-type': 'application/sdp' })
  const statuses: Record<string, number> = { whep: whep.status }
  for (const [door, address] of Object.entries({
    hls: `/hls/${id}/index.m3u8${query}`,
    view: `/api/broadcasts/${id}${query}`,
    picture: `/api/broadcasts/${id}/thumbnail.jpg${query}`,
    recordings: `/api/recordings${query === '' ? '?' : `${query}&`}broadcast=${id}`,
    chat: `/api/broadcasts/${id}/chat${query}`,
  }))
    statuses[door] = (await tab.ask('GET', address)).status
  return statuses
}

/** Waits for something that must come within the five seconds that a right may outlive itself. */
async function within5Seconds(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, `${what} went on for more than five seconds`)
    await sleep(100)
  }
}

describe('threats', () => {
  test('[THR1] a private broadcast is closed at every door, open by its token, and closed again within 5 s', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    const { owner, broadcast, publisher, share } = await privateBroadcast(server)
    await using _publishing = publisher
    const { id } = broadcast
    const stranger = new Tab(server)
    for (const [door, status] of Object.entries(await statusesOf(stranger, broadcast)))
      assert.ok([404, 400, 415].includes(status), `${door}: ${status}`)

    const { id: tokenId, token } = await share()
    const page = await owner.ask('GET', `/hls/${id}/index.m3u8?token=${token}`)
    assert.equal(page.status, 200)
    const list = /^v0\/index\.m3u8\?session=\S+$/m.exec(await page.text())?.[0] ?? ''
    const playing = async () => (await stranger.ask('GET', `/hls/${id}/${list}`)).status
    assert.equal(await playing(), 200)
    const signalled = await SignallingClient.open(`${server.url.replace('http', 'ws')}/ws/webrtc/${id}/`)
    signalled.send({ type: 'join', role: 'viewer', token })
    await signalled.next('welcome')
    const events = await fetch(`${server.url}/api/events?broadcast=${id}&token=${token}`)
    assert.equal(events.status, 200)
    let left = ''
    void signalled.closed.then((code) => (left += `signalling ${code} `))
    void events.text().then(() => (left += 'events '))
    const whep = await fetch(`${server.url}/whep/${id}?token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: strangersOffer('recvonly').replace('VP8/', 'H264/'),
    })
    assert.equal(whep.status, 201, await whep.text())
    const session = `${server.url}${whep.headers.get('location')}`
    assert.equal((await fetch(session)).status, 200)

    await owner.get('DELETE', `/api/broadcasts/${id}/viewer-tokens/${tokenId}`)

    await within5Seconds('signalling', () => left.includes('signalling 4403'))
    await within5Seconds('events', () => left.includes('events'))
    await within5Seconds('WHEP', async () => (await fetch(session)).status === 404)
    await within5Seconds('HLS', async () => (await playing()) === 401)
    const late = await stranger.ask('GET', `/hls/${id}/index.m3u8?token=${token}`)
    assert.deepEqual([late.status, ((await late.json()) as { code: string }).code], [401, 'token-expired'])
  })

  test('[THR2] signing out, being disabled and being named no more cut those who watch within 5 s', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    const { admin, owner, broadcast, publisher } = await privateBroadcast(server)
    await using _publishing = publisher
    const { id } = broadcast
    const people = await Promise.all(['vera', 'emil', 'nora'].map((name) => invite(admin, 'viewer', name)))
    await owner.get('PUT', `/api/broadcasts/${id}/viewers`, { users: people.map((person) => person.id) })
    const [vera, emil, nora] = people
    assert.ok(vera && emil && nora)
    const open = new Map<Tab, boolean>()
    for (const { tab } of people) {
      const client = await SignallingClient.open(`${server.url.replace('http', 'ws')}/ws/webrtc/${id}/`, {
        cookie: tab.cookie,
        origin: server.url,
      })
      client.send({ type: 'join', role: 'viewer' })
      await client.next('welcome')
      open.set(tab, true)
      void client.closed.then(() => open.set(tab, false))
    }

    await vera.tab.get('POST', '/api/auth/sign-out')
    await within5Seconds('watching after sign-out', () => open.get(vera.tab) === false)
    assert.deepEqual([open.get(emil.tab), open.get(nora.tab)], [true, true])
    await admin.get('PATCH', `/api/users/${emil.id}`, { disabled: true })
    await within5Seconds('watching after being disabled', () => open.get(emil.tab) === false)
    await owner.get('PUT', `/api/broadcasts/${id}/viewers`, { users: [] })
    await within5Seconds('watching without being named', () => open.get(nora.tab) === false)
    for (const { tab } of people) assert.equal((await statusesOf(tab, broadcast))['hls'], 404)
  })

  test('[THR3] a broadcaster who is disabled is cut off, and her stream keys open nothing', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    const { admin, ownerId, broadcast, publisher } = await privateBroadcast(server)
    await using _publishing = publisher
    await admin.get('PATCH', `/api/users/${ownerId}`, { disabled: true })
    const stateOf = async () =>
      (await admin.get<{ state: string }>('GET', `/api/broadcasts/${broadcast.id}`)).state
    await within5Seconds('publishing', async () => (await stateOf()) === 'ended')
    const again = await fetch(broadcast.urls.whip, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${broadcast.streamKey}` },
      body: strangersOffer('sendonly'),
    })
    assert.equal(again.status, 401)
  })

  test('[THR4] no secret reaches the log, an error, a metric, another address or the disk', async () => {
    await using server = await KliegProcess.start({ args: ['serve'], env: { KLIEG_LOG_LEVEL: 'debug' } })
    const { admin, owner, broadcast, publisher, share } = await privateBroadcast(server)
    await using _publishing = publisher
    const { id, streamKey } = broadcast
    const { token } = await share()
    const made = await owner.get<{ key: string }>('POST', '/api/api-keys', {
      name: 'k',
      scopes: ['broadcasts'],
    })
    const secrets = [streamKey, token, made.key, owner.cookie.split('=')[1] ?? '', 'a calm sentence']
    const told: string[] = []
    const stranger = new Tab(server)
    for (const secret of secrets)
      for (const [method, address] of [
        ['GET', `/api/broadcasts/${id}x?token=${secret}`],
        ['GET', `/api/broadcasts/${secret}`],
        ['POST', `/whip/${secret}`],
        ['GET', `/hls/${id}/index.m3u8?token=${secret}x`],
        ['GET', `/api/stream/?path=${secret}`],
        ['POST', '/api/nothing'],
      ] as const) {
        const bearer = { authorization: `Bearer ${secret}` }
        const answer = await stranger.ask(method, address, undefined, bearer)
        told.push(await answer.text(), JSON.stringify([...answer.headers]))
      }
    told.push(await (await owner.ask('GET', `/hls/${id}/index.m3u8?token=${token}`)).text())
    for (const address of [
      '/metrics',
      '/api/broadcasts?of=all',
      '/api/viewings',
      '/api/viewings.csv',
      '/openapi.json',
    ])
      told.push(await (await admin.ask('GET', address)).text())
    for (const answer of [await stranger.ask('GET', `/view/${id}/?token=${token}`)]) {
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
      told.push(await answer.text())
    }
    for (const secret of secrets) {
      for (const text of told) assert.ok(!text.includes(secret), `told: ${text.slice(0, 200)}`)
      assert.ok(!server.log.includes(secret), 'in the log')
      for (const file of readdirSync(server.dataDir).filter((name) => name.includes('klieg.sqlite')))
        assert.ok(!readFileSync(path.join(server.dataDir, file)).includes(secret), `in ${file}`)
    }
  })

  test('[THR5] names with markup and control characters stay text, and one event one line of the log', async () => {
    await using server = await KliegProcess.start({ env: { KLIEG_LOG_FORMAT: 'json' } })
    const title = '"><script>alert(1)</script>\r\nSet-Cookie: x=1\u2028\u001b[31m\n{"level":"error"}'
    const { id } = await server.createBroadcast({ title })
    const shown = await fetch(`${server.url}/api/broadcasts/${id}`)
    assert.equal(shown.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(((await shown.json()) as { title: string }).title, title)
    assert.ok(!(await (await fetch(`${server.url}/view/${id}/`)).text()).includes('alert(1)'))
    for (const bad of ['a\nb', '<b>', '../x', 'a'.repeat(65), '\u0000'])
      assert.equal(
        (
          await fetch(`${server.url}/start_broadcast/`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ stream_id: bad }),
          })
        ).status,
        400,
      )
    const lines = server.log.split('\n')
    for (const line of lines.filter((each) => each.startsWith('{')))
      assert.ok('msg' in JSON.parse(line), line)
    assert.ok(!/[\u2028\u001b]|alert/.test(server.log))
  })

  test('[THR6] what is meant for a database, a pattern or a prototype is an ordinary wrong request', async () => {
    await using server = await KliegProcess.start()
    await server.createBroadcast({ title: 'One' })
    const attacks = [
      '%',
      '%E0%A4%A',
      "' OR '1'='1",
      "'; DROP TABLE broadcast; --",
      '" UNION SELECT key_hash FROM broadcast --',
      '%27%20OR%201=1--',
      '\\',
      '%00',
      '$(id)',
      `${'a'.repeat(30_000)}!`,
      '('.repeat(5000),
      '__proto__',
      'constructor.prototype',
      '[$ne]=1',
    ]
    for (const attack of attacks) {
      const text = attack.startsWith('%') ? attack : encodeURIComponent(attack)
      for (const address of [
        `/api/broadcasts/${text}`,
        `/api/broadcasts?state=${text}`,
        `/api/broadcasts?page=${text}`,
        `/api/viewings?q=${text}`,
        `/api/viewings?broadcast=${text}`,
        `/api/library?q=${text}`,
        `/api/library?sort=${text}`,
        `/api/recordings?broadcast=${text}`,
        `/api/recordings/${text}`,
        `/api/stream/?path=${text}`,
        `/hls/${text}/index.m3u8`,
        `/hls/x/${text}/${text}`,
        `/api/events?broadcast=${text}`,
      ]) {
        const answer = await fetch(server.url + address)
        assert.ok(answer.status < 500, `${address.slice(0, 80)}: ${answer.status}`)
        await answer.body?.cancel()
      }
    }
    for (const body of [
      '{"__proto__":{"isAdmin":true},"title":"x"}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '{"title":{"$ne":null}}',
      '{"title":["a"]}',
      '{"title":"a","admin":true}',
    ]) {
      const answer = await fetch(`${server.url}/api/broadcasts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      assert.equal(answer.status, 400, body)
    }
    const page = (await (await fetch(`${server.url}/api/broadcasts`)).json()) as { total: number }
    assert.equal(page.total, 1)
    const search = await fetch(`${server.url}/api/library?q=${encodeURIComponent("' OR '1'='1")}`)
    assert.equal(search.status, 200)
  })
})
