import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { eventsPlugin } from './events-plugin.ts'
import { serverPlugin } from './server-plugin.ts'

type Told = {
  event: string
  data: { id?: string; state?: string; viewers?: number; broadcasts?: { id: string }[] }
}

/** Follows the events of a real server; a fake clock decides when updates are due. */
async function follow(query = '') {
  const rig = await restRig()
  await rig.fastify.register(eventsPlugin, rig)
  const { broadcast } = await rig.broadcasts.create({ id: 'shown' })
  const base = await rig.fastify.listen({ port: 0, host: '127.0.0.1' })
  const aborted = new AbortController()
  const response = await fetch(`${base}/api/events${query}`, { signal: aborted.signal })
  const told: Told[] = []
  const decoder = new TextDecoder()
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const whole = text.split('\n\n')
      text = whole.pop() ?? ''
      for (const block of whole) {
        const [, event = '', data = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
        if (event) told.push({ event, data: JSON.parse(data) as Told['data'] })
      }
    }
  })().catch(() => undefined)
  const close = async () => {
    aborted.abort()
    await reading
    await rig.fastify.close()
  }
  const until = (event: string) =>
    eventually(
      () => told.some((line) => line.event === event),
      () => `no ${event} in ${JSON.stringify(told)}`,
      5,
    )
  return { ...rig, broadcast, told, close, until, response }
}

function goLive(broadcast: Awaited<ReturnType<typeof follow>>['broadcast']): FakeSession {
  const session = new FakeSession('session-1')
  broadcast.attachPublisher(session)
  broadcast.publisherConnected(session)
  return session
}

describe('/api/events', () => {
  test('[REST11] the list comes first, then what starts, ends and is removed', async () => {
    const { broadcasts, broadcast, told, close, until, response } = await follow()
    await until('list')
    goLive(broadcast)
    await until('started')
    await broadcast.stop()
    await until('ended')
    await broadcasts.remove(broadcast)
    await until('removed')

    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    assert.deepEqual(
      told.filter(({ event }) => event !== 'updated').map(({ event }) => event),
      ['list', 'started', 'ended', 'removed'],
    )
    await close()
  })

  test('[REST12] many updates of one broadcast become two a second', async () => {
    const { broadcast, clock, told, close, until } = await follow()
    await until('list')
    goLive(broadcast)
    for (let index = 0; index < 20; index++) broadcast.addViewer(new FakeSession(`viewer-${index}`))
    clock.advance(500)
    await eventually(
      () => told.at(-1)?.data.viewers === 20,
      () => JSON.stringify(told.at(-1)),
      5,
    )

    assert.ok(told.filter(({ event }) => event === 'updated').length <= 2)
    await close()
  })

  test('[REST13] an unlisted broadcast is told to those who ask for it by id only', async () => {
    const all = await follow()
    const { broadcast: hidden } = await all.broadcasts.create({ id: 'hidden', visibility: 'unlisted' })
    goLive(hidden)
    goLive(all.broadcast)
    await all.until('started')
    assert.deepEqual(
      all.told.filter(({ event }) => event === 'started').map(({ data }) => data.id),
      ['shown'],
    )
    await all.close()

    const one = await follow('?broadcast=shown')
    await one.until('list')
    assert.deepEqual(
      one.told[0]?.data.broadcasts?.map(({ id }) => id),
      ['shown'],
    )
    await one.close()
  })
})

test('[REST14] a page learns what server it talks to, and what time it is there', async () => {
  const { fastify, clock } = await restRig()
  await fastify.register(serverPlugin, {
    version: '1.2.3',
    open: true,
    clock,
    iceServers: () => [{ urls: ['stun:a'] }],
  })

  assert.deepEqual((await fastify.inject('/api/server')).json(), {
    name: 'klieg',
    version: '1.2.3',
    open: true,
    accounts: null,
    user: null,
    iceServers: [{ urls: ['stun:a'] }],
  })
  const time = await fastify.inject('/api/time')
  assert.deepEqual(time.json(), { now: clock.now() })
  assert.equal(time.headers['cache-control'], 'no-store')
})
