import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import type { Identity } from '../../core/identity.ts'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { OFFER } from '../../../test/support/webrtc-door.ts'
import {
  type Answers,
  type AskerName,
  ASKERS,
  type Outcome,
  permissionTable,
} from '../../../test/support/permission-table.ts'
import { recordingRecord } from '../../../test/support/recording-record.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

type Server = Awaited<ReturnType<typeof wholeServer>>
type Visibility = keyof Answers
type Sample = { payload?: object | string; headers?: Record<string, string>; query?: string }

const IDENTITIES: Partial<Record<AskerName, Identity>> = {
  viewer: sessionOf('viewer', 'vera'),
  broadcaster: sessionOf('broadcaster', 'bob'),
  owner: sessionOf('broadcaster', 'ann'),
  admin: sessionOf('admin', 'root'),
}
const OWN_PAGE = { host: 'localhost', origin: 'http://localhost' }
const SDP = { headers: { 'content-type': 'application/sdp' }, payload: OFFER }
const JPEG = Buffer.from('ffd8ffc0000b080010001001011100ffda0003010000ffd9', 'hex').toString('latin1')
/** What a route must be sent so that permission is what decides. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  'POST /api/broadcasts': { payload: {} },
  'PATCH /api/broadcasts/:id': { payload: { title: 'x' } },
  'POST /api/broadcasts/:id/viewer-tokens': { payload: {} },
  'PUT /api/broadcasts/:id/viewers': { payload: { users: [] } },
  'PUT /api/broadcasts/:id/thumbnail': { headers: { 'content-type': 'image/jpeg' }, payload: JPEG },
  'GET /api/events': { query: '?broadcast=:id' },
  'GET /api/recordings': { query: '?broadcast=:id' },
  'POST /start_broadcast/': { payload: { stream_id: ':id' } },
  'POST /stop_broadcast/': { payload: { stream_id: ':id' } },
  'POST /stream/start/': { payload: { type: 'hls' } },
  'POST /stream/refresh/': { payload: { id: ':id' } },
  'POST /stream/stop/': { payload: { id: ':id' } },
  'PATCH /api/broadcasts/:id/chat': { payload: { slowMode: 0 } },
  'POST /api/broadcasts/:id/chat/mutes': { payload: { message: 'x', seconds: 60 } },
  'POST /api/broadcasts/:id/chat/bans': { payload: { message: 'x' } },
  'DELETE /api/viewings': { query: '?user=x' },
  'PATCH /api/auth/me': { payload: { name: 'x' } },
  'POST /api/auth/password': { payload: { current: 'x'.repeat(12), next: 'y'.repeat(12) } },
  'POST /api/auth/totp': { payload: { password: 'x'.repeat(12) } },
  'POST /api/auth/totp/confirm': { payload: { code: '000000' } },
  'POST /api/auth/totp/recovery-codes': { payload: { password: 'x'.repeat(12) } },
  'POST /api/auth/totp/off': { payload: { password: 'x'.repeat(12) } },
  'POST /api/api-keys': { payload: { name: 'x', scopes: ['watch'] } },
  'PATCH /api/admin/settings': { payload: { watchLogDays: 1 } },
  'POST /api/webhooks': { payload: { url: 'https://hooks.example/', events: ['broadcast.live'] } },
  'POST /api/stream/viewer-tokens': { payload: { path: 'film.mp4' } },
  'GET /api/stream/viewer-tokens': { query: '?path=film.mp4' },
  'DELETE /api/stream/viewer-tokens/:token': { query: '?path=film.mp4' },
  'POST /whip/:id': SDP,
  'POST /whep/:id': SDP,
  'POST /whip/:id/:session/clock': { payload: { offset: 0 } },
  'POST /whep/:id/:session/sse': { payload: [] },
  'POST /whep/:id/:session/layer': { payload: {} },
}
/** How a 404 reads that hides something; any other only says that there is nothing. */
const HIDES = /there is no (broadcast|recording) with this id|there is no such item in the library/

/** A server where each asker is known, a minute later now and then so that nobody asks too often. */
async function askers(server: Server) {
  for (const [name, identity] of Object.entries(IDENTITIES)) server.authentication.known.set(name, identity)
  let count = 0

  return async function outcomeOf(route: string, asker: AskerName, visibility: Visibility): Promise<Outcome> {
    if (count % 100 === 0) server.clock.advance(61_000)
    const id = `b-${++count}`
    const { broadcast, streamKey } = await server.broadcasts.create({ id, visibility, ownerId: 'ann' })
    broadcast.setThumbnail(Buffer.from('a picture'))
    const recording = `r-${count}`
    await server.recordingStore.save(recordingRecord({ id: recording, broadcastId: id, state: 'ready' }))
    const secret =
      asker === 'stream key'
        ? streamKey
        : asker === 'viewer token'
          ? (await server.viewerToken(id)).token
          : undefined
    const [method = 'GET', url = ''] = route.split(' ')
    const { payload, headers, query = '' } = SAMPLES[route] ?? {}
    const put = (pattern: string) =>
      pattern
        .replace('/recordings/:id', `/recordings/${recording}`)
        .replace('/library/:kind/:id', `/library/recording/${recording}`)
        .replace(':id', id)
        .replaceAll(/:[a-z]+/g, 'x')
        .replace('*', 'x')
    const answer = await server.fastify.inject({
      method: method as 'GET',
      url: put(url + query),
      remoteAddress: `10.0.${count >> 8}.${count & 255}`,
      headers: {
        ...OWN_PAGE,
        ...(IDENTITIES[asker] && { 'x-who': asker }),
        ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
        ...headers,
      },
      ...(payload !== undefined && {
        payload:
          typeof payload === 'string'
            ? Buffer.from(payload, 'latin1')
            : JSON.parse(put(JSON.stringify(payload))),
      }),
      ...(url === '/api/events' && { payloadAsStream: true }),
    })
    const { statusCode } = answer
    if (statusCode < 401 || statusCode > 404) return 'yes'
    return refusalIn({ statusCode, body: answer.body ?? (await text(answer.stream())) })
  }
}

function refusalIn(answer: { statusCode: number; body: string }): Outcome {
  if (answer.statusCode === 402) return 'yes'
  const { code = '', detail = '' } = JSON.parse(answer.body || '{}') as { code?: string; detail?: string }
  if (answer.statusCode === 404 && !HIDES.test(detail)) return 'yes' // allowed, and there is no such thing
  assert.ok(answer.statusCode !== 403 || code === 'not-allowed', `${code}: ${detail}`)
  return String(answer.statusCode) as Outcome
}

/** Those that do something; the others say that it is done otherwise. */
const routesOf = ({ routes }: Server) =>
  routes
    .filter(({ method, url }) => method !== 'options' && !url.startsWith('/docs'))
    .filter(({ url, isHidden }) => !(isHidden && url.endsWith('_broadcast/')))
    .map(({ method, url }) => `${method.toUpperCase()} ${url}`)

describe('the table of permissions', () => {
  test('[PERM80] every route has a row, and every row a route', async () => {
    await using server = await wholeServer({ open: false })
    const [table, routes] = [permissionTable(), new Set(routesOf(server))]
    assert.deepEqual(
      [...routes].filter((route) => !table.has(route)),
      [],
      'these have no row in docs/spec/permissions.md',
    )
    assert.deepEqual(
      [...table.keys()].filter((route) => !routes.has(route)),
      [],
      'these rows have no route',
    )
  })

  test('[PERM81] every route answers every asker as the table says, about public and private broadcasts', async () => {
    await using server = await wholeServer({ open: false })
    const outcomeOf = await askers(server)
    const wrong: string[] = []
    for (const [route, row] of permissionTable())
      for (const asker of ASKERS)
        for (const visibility of ['public', 'private'] as const) {
          const outcome = await outcomeOf(route, asker, visibility)
          if (outcome !== row[asker][visibility])
            wrong.push(`${route}, ${asker}, ${visibility}: ${outcome}, not ${row[asker][visibility]}`)
        }
    assert.deepEqual(wrong, [])
  })

  test('[PERM82] with a cookie a page of another site changes nothing, whoever she is; nothing changes by GET', async () => {
    await using server = await wholeServer({ open: false })
    server.authentication.known.set('admin', sessionOf('admin', 'root'))
    const changing = routesOf(server).filter((route) => !route.startsWith('GET '))
    assert.ok(changing.length > 40)
    for (const route of changing) {
      const [method = '', url = ''] = route.split(' ')
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://localhost', 'sec-fetch-site': 'cross-site' },
        {},
      ] as Record<string, string>[]) {
        const answer = await server.fastify.inject({
          ...{ method: method as 'POST', url: url.replaceAll(/:[a-z]+/g, 'x') },
          headers: { host: 'localhost', 'x-who': 'admin', ...headers },
        })
        assert.equal(answer.statusCode, 403, `${route} ${JSON.stringify(headers)}`)
      }
    }
    for (const url of ['/start_broadcast/', '/stop_broadcast/'])
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
        assert.equal((await server.fastify.inject({ method, url })).statusCode, 405)
  })

  test('[PERM83] in open mode every route is everybody’s, but for what needs an account', async () => {
    await using server = await wholeServer()
    const outcomeOf = await askers(server)
    const refused: string[] = []
    for (const route of routesOf(server)) {
      const outcome = await outcomeOf(route, 'stranger', 'private')
      if (outcome !== 'yes') refused.push(`${route}: ${outcome}`)
    }
    // A private recording is in no list.
    assert.deepEqual(
      refused.filter((route) => !route.includes(' /api/library/:kind/:id')),
      [],
    )
  })
})
