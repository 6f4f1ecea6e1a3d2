import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditEntry } from '../../../test/support/audit-store-contract.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

async function setUp({ open = true } = {}) {
  const server = await wholeServer({ open })
  const at = Date.UTC(2029, 5, 1)
  await server.auditStore.insert([
    auditEntry({ id: 'a', at }),
    auditEntry({ id: 'b', at: at + 86_400_000, actorId: null, actor: '=cmd', result: 'refused' }),
  ])
  const idsAt = async (query: string) => {
    const { items } = (await server.fastify.inject(`/api/audit-log${query}`)).json<{
      items: { id: string }[]
    }>()
    return items.map(({ id }) => id)
  }
  return { ...server, idsAt }
}

describe('the audit log over HTTP', () => {
  test('[AU30] it is for administrators, and nothing adds, changes or deletes an entry', async () => {
    const { fastify, routes } = await setUp({ open: false })
    for (const url of ['/api/audit-log', '/api/audit-log.csv'])
      assert.equal((await fastify.inject(url)).statusCode, 401, url)
    assert.deepEqual(
      routes.filter(({ url, method }) => url.includes('audit-log') && method !== 'get'),
      [],
    )
  })

  test('[AU31] entries are listed newest first, in pages, filtered and searched', async () => {
    const { fastify, idsAt } = await setUp()
    assert.deepEqual(await idsAt(''), ['b', 'a'])
    assert.deepEqual(await idsAt('?page=2&pageSize=1'), ['a'])
    assert.deepEqual(await idsAt('?from=2029-06-02'), ['b'])
    assert.deepEqual(await idsAt('?to=2029-06-02'), ['a'])
    assert.deepEqual(await idsAt('?actor=u1'), ['a'])
    assert.deepEqual(await idsAt('?result=refused&action=broadcast.remove'), ['b'])
    assert.deepEqual(await idsAt('?q=%20ZOË'), ['a'])
    for (const query of ['result=maybe', 'from=yesterday', 'page=0', 'pageSize=1000'])
      assert.equal((await fastify.inject(`/api/audit-log?${query}`)).statusCode, 400, query)

    const answer = await fastify.inject('/api/audit-log?page=2&pageSize=1')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(answer.json(), {
      items: [
        {
          id: 'a',
          at: '2029-06-01T00:00:00.000Z',
          actor: { id: 'u1', name: 'Zoë "Z" Ann' },
          action: 'broadcast.remove',
          subject: { kind: 'broadcast', id: 'lecture' },
          address: '192.0.2.7',
          result: 'done',
          detail: 'changed: title',
        },
      ],
      total: 2,
      page: 2,
      pageSize: 1,
    })
  })

  test('[AU32] all that match can be had as CSV, in which no cell is a formula', async () => {
    const { fastify, auditStore } = await setUp()
    const answer = await fastify.inject('/api/audit-log.csv')
    assert.match(String(answer.headers['content-disposition']), /attachment; filename="audit-log\.csv"/)
    assert.deepEqual(answer.body.split('\r\n'), [
      'id,at,actor_id,actor,action,subject_kind,subject,address,result,detail',
      "b,2029-06-02T00:00:00.000Z,,'=cmd,broadcast.remove,broadcast,lecture,192.0.2.7,refused,changed: title",
      'a,2029-06-01T00:00:00.000Z,u1,"Zoë ""Z"" Ann",broadcast.remove,broadcast,lecture,192.0.2.7,done,changed: title',
      '',
    ])
    auditStore.failure = new Error('down')
    const failed = await fastify.inject('/api/audit-log.csv')
    assert.deepEqual([failed.statusCode, failed.headers['content-type']], [503, 'application/problem+json'])
  })
})
