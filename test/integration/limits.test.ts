import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { KliegProcess } from '../support/klieg-process.ts'
import { strangersOffer } from '../support/offers.ts'

type Answer = { status: number; code: string | undefined; headers: Headers }

async function whip(url: string, offer: string, key?: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/sdp',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: offer,
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.includes('problem+json') ?? false
  const { code } = isProblem ? (JSON.parse(text) as { code: string }) : { code: undefined }
  return { status: response.status, code, headers: response.headers }
}

const descriptorsOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')

describe('limits, from outside', () => {
  test('[LIM1] each hostile or mistaken offer gets its exact answer, and the server stays well', async () => {
    await using server = await KliegProcess.start()
    const { urls, streamKey } = await server.createBroadcast()
    const other = await server.createBroadcast()
    const publish = (offer: string, key: string | undefined = streamKey) => whip(urls.whip, offer, key)

    const rows: [string, Promise<Answer>, number, string][] = [
      ['an SDP of 1 MB', publish(`v=0\r\n${'a=x\r\n'.repeat(200_000)}`), 413, 'too-large'],
      [
        '500 m-lines',
        publish(strangersOffer('sendonly', Array<string>(500).fill('video')).slice(0, 120_000)),
        400,
        'bad-offer',
      ],
      ['no SDP at all', publish('hello'), 400, 'bad-offer'],
      ['a wrong key', publish(strangersOffer('sendonly'), 'wrong'), 401, 'unauthenticated'],
      [
        "another broadcast's key",
        publish(strangersOffer('sendonly'), other.streamKey),
        401,
        'unauthenticated',
      ],
      [
        'a key for an unknown id',
        whip(`${server.url}/whip/nobody`, strangersOffer('sendonly'), streamKey),
        401,
        'unauthenticated',
      ],
      [
        'watching an unknown id',
        whip(`${server.url}/whep/nobody`, strangersOffer('recvonly')),
        404,
        'broadcast-not-found',
      ],
      ['watching before it is live', whip(urls.whep, strangersOffer('recvonly')), 409, 'broadcast-not-live'],
    ]
    for (const [what, answer, status, code] of rows) {
      const { status: gotStatus, code: gotCode } = await answer
      assert.deepEqual({ what, status: gotStatus, code: gotCode }, { what, status, code })
    }
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  })

  test('[LIM2] half-open sessions are refused beyond the limit of their address, and freed within 12 s', async () => {
    await using server = await KliegProcess.start()
    const statuses = new Map<number, number>()
    const broadcasts = await Promise.all(Array.from({ length: 4 }, () => server.createBroadcast()))
    // A new publisher that never connects replaces the one before it, so that ever new ids are used.
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const { status } = await whip(
            `${server.url}/whip/half-open-${round}-${index}`,
            strangersOffer('sendonly'),
          )
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }),
      )
    }
    assert.deepEqual([...statuses.keys()].sort(), [201, 429])
    assert.ok((statuses.get(201) ?? 0) <= 210, `${statuses.get(201)} accepted`)

    await sleep(12_000)
    const again = await whip(
      broadcasts[0]?.urls.whip ?? '',
      strangersOffer('sendonly'),
      broadcasts[0]?.streamKey,
    )
    assert.equal(again.status, 201)
    assert.ok(descriptorsOf(server.pid).length > 0, 'the workers still run')
  })

  test('[LIM3] a signalling frame over 64 KiB closes with 1009', async () => {
    await using server = await KliegProcess.start()
    const { urls } = await server.createBroadcast()
    const socket = new WebSocket(urls.signalling)
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'join', role: 'viewer', padding: 'x'.repeat(70_000) }))
    const [code] = (await once(socket, 'close')) as [number]
    assert.equal(code, 1009)
  })
})
