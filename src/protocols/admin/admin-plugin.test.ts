import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { FakeAdminFacts } from '../../../test/support/fake-admin-facts.ts'
import { BroadcastError } from '../../core/errors.ts'
import { installErrorHandler } from '../http-errors.ts'
import { validation } from '../validation.ts'
import { adminPlugin } from './admin-plugin.ts'

async function setUp() {
  const facts = new FakeAdminFacts()
  const gate = { isOpen: true }
  const fastify = Fastify({ ajv: validation })
  installErrorHandler(fastify, { sendPageNotFound: (_request, reply) => reply.code(404).send() })
  await fastify.register(adminPlugin, {
    facts,
    doorkeeper: {
      assertMay(action) {
        if (action !== 'administer' || !gate.isOpen) throw new BroadcastError('not-allowed', 'no')
      },
    },
  })
  const ask = async (url: string) => {
    const answer = await fastify.inject({ method: 'GET', url })
    assert.equal(answer.headers['cache-control'], 'no-store')
    return { status: answer.statusCode, body: answer.json() }
  }
  return { facts, gate, ask, fastify }
}

const NOW = { at: '2030-01-01T01:00:00.000Z', live: 1, viewers: 2, bitrateIn: 3, bitrateOut: 4 }
const LOAD = { ...NOW, processor: 0.5, memory: 1e8, loopLag: 0.002 }

describe('administration over HTTP', () => {
  test('[AD10] the overview says how the server is, also where the disk cannot be asked', async () => {
    const { facts, gate, ask } = await setUp()
    const overview = {
      ...LOAD,
      version: '1.2.3',
      startedAt: '2030-01-01T00:00:00.000Z',
      processors: 2,
      memoryTotal: 4e9,
      disk: { free: 1e9, total: 2e9 },
      workers: [{ id: 'worker-0', pid: 7, sessions: 3, memory: 5e7, loopLag: 0.001 }],
    }
    assert.deepEqual((await ask('/api/admin/overview')).body, overview)
    facts.isDiskLost = true
    assert.deepEqual((await ask('/api/admin/overview')).body, { ...overview, disk: null })
    gate.isOpen = false
    assert.equal((await ask('/api/admin/overview')).status, 403)
  })

  test('[AD11] samples of the last hour or day', async () => {
    const { ask } = await setUp()
    assert.deepEqual((await ask('/api/admin/samples')).body, { step: 5, items: [LOAD, LOAD] })
    assert.deepEqual((await ask('/api/admin/samples?span=day')).body, { step: 120, items: [LOAD] })
    assert.equal((await ask('/api/admin/samples?span=year')).status, 400)
  })

  test('[AD12] every setting with where it comes from', async () => {
    const { facts, ask } = await setUp()
    assert.deepEqual((await ask('/api/admin/settings')).body, { items: facts.settings() })
  })

  test('[AD18] settings are changed by those who administer', async () => {
    const { facts, gate, fastify } = await setUp()
    const change = (payload: object) =>
      fastify.inject({ method: 'PATCH', url: '/api/admin/settings', payload })
    const wish = { registration: true, watchLogDays: null, logLevel: 'warn', list: ['a'] }
    assert.deepEqual((await change(wish)).json(), { items: facts.settings() })
    assert.deepEqual(facts.wishes, [wish])
    for (const bad of [{ registration: 1.5 }, { registration: {} }, []])
      assert.equal((await change(bad)).statusCode, 400)
    gate.isOpen = false
    assert.equal((await change(wish)).statusCode, 403)
    assert.equal(facts.wishes.length, 1)
  })

  test('[AD13] what the doctor finds', async () => {
    const { facts, ask } = await setUp()
    assert.deepEqual((await ask('/api/admin/doctor')).body, { items: await facts.examine() })
  })
})
