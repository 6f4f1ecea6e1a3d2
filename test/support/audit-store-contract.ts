import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditEntry, AuditFilter, AuditStore } from '../../src/core/audit-store.ts'

const NOW = 1_895_000_000_000

/** One entry, as wanted. */
export const auditEntry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 'a1',
  at: NOW,
  actorId: 'u1',
  actor: 'Zoë "Z" Ann',
  action: 'broadcast.remove',
  subjectKind: 'broadcast',
  subjectId: 'lecture',
  address: '192.0.2.7',
  result: 'done',
  detail: 'changed: title',
  ...changes,
})

/** What every store of the audit log does; run on the fake and on the real one. */
export function describeAuditStore(name: string, open: () => Promise<AuditStore>): void {
  describe(name, () => {
    test('[AU1] what was inserted is found as it was, newest first, in pages, with the total', async () => {
      const store = await open()
      const other = auditEntry({
        id: 'a2',
        actorId: null,
        actor: 'open',
        subjectId: '',
        detail: '',
        address: '',
      })
      await store.insert([])
      await store.insert([auditEntry(), other, auditEntry({ id: 'a0', at: NOW + 1 })])

      const all = await store.list({}, { offset: 0, limit: 10 })
      assert.deepEqual(all, {
        entries: [auditEntry({ id: 'a0', at: NOW + 1 }), other, auditEntry()],
        total: 3,
      })
      const page = await store.list({}, { offset: 1, limit: 1 })
      assert.deepEqual([page.entries.map(({ id }) => id), page.total], [['a2'], 3])
    })

    test('[AU2] lists are filtered by time, action, actor, result and text, in which nothing is a wildcard', async () => {
      const store = await open()
      await store.insert([
        auditEntry({ id: 'a', at: NOW - 5, actorId: 'u2', actor: 'Bob', detail: '100%_sure' }),
        auditEntry({ id: 'b', action: 'account.sign-in', result: 'refused', subjectId: 'Ann@example.org' }),
        auditEntry({ id: 'c', at: NOW + 5, address: '2001:db8::1', result: 'failed' }),
      ])
      const ids = async (filter: AuditFilter) =>
        (await store.list(filter, { offset: 0, limit: 10 })).entries.map(({ id }) => id)
      assert.deepEqual(await ids({ from: NOW }), ['c', 'b'])
      assert.deepEqual(await ids({ to: NOW }), ['a'])
      assert.deepEqual(await ids({ action: 'account.sign-in' }), ['b'])
      assert.deepEqual(await ids({ actorId: 'u2' }), ['a'])
      assert.deepEqual(await ids({ result: 'failed' }), ['c'])
      assert.deepEqual(await ids({ text: 'BOB' }), ['a'])
      assert.deepEqual(await ids({ text: 'ann@' }), ['b'])
      assert.deepEqual(await ids({ text: '2001:db8' }), ['c'])
      assert.deepEqual(await ids({ text: '%_' }), ['a'])
      assert.deepEqual(await ids({ text: 'a%b' }), [])
    })

    test('[AU3] reading on gives every entry once, and what is old is purged in portions', async () => {
      const store = await open()
      await store.insert(
        Array.from({ length: 7 }, (_, index) => auditEntry({ id: `a${index}`, at: NOW + (index >> 1) })),
      )
      const read: string[] = []
      let after: AuditEntry | undefined
      do {
        const entries = await store.next({}, { ...(after && { after }), limit: 2 })
        read.push(...entries.map(({ id }) => id))
        after = entries.at(-1)
      } while (after)
      assert.deepEqual(read, ['a6', 'a5', 'a4', 'a3', 'a2', 'a1', 'a0'])

      assert.equal(await store.purge(NOW + 2, 3), 3)
      assert.equal(await store.purge(NOW + 2, 3), 1)
      assert.equal((await store.list({}, { offset: 0, limit: 1 })).total, 3)
    })
  })
}
