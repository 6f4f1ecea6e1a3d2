import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { viewingRecord } from '../../test/support/viewing-record.ts'
import type { ViewingRecord } from '../core/viewing-store.ts'
import { FileViewingSpool } from './viewing-spool.ts'

function setUp(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-spool-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'viewings.spool')
  const taken: string[] = []
  const take = async (records: readonly ViewingRecord[]) => {
    taken.push(...records.map(({ id }) => id))
  }
  return { folder, file, taken, take }
}

describe('FileViewingSpool', () => {
  test('[WL25] rows survive a restart and are handed over once, in order', async (t) => {
    const { folder, file, taken, take } = setUp(t)
    const row = viewingRecord({ id: 'a', subject: { kind: 'file', id: 'new\nline "quoted"', title: 'ü' } })
    await new FileViewingSpool(file).append([row, viewingRecord({ id: 'b' })])

    const spool = new FileViewingSpool(file)
    await spool.append([viewingRecord({ id: 'c' })])
    const rows: ViewingRecord[] = []
    assert.equal(await spool.drain(async (records) => void rows.push(...records)), 3)

    assert.deepEqual(rows[0], row)
    assert.equal(await spool.drain(take), 0)
    assert.deepEqual(taken, [])
    assert.deepEqual(readdirSync(folder), [])
  })

  test('[WL25] a line that was cut off is left out, and costs no other', async (t) => {
    const { file, taken, take } = setUp(t)
    const spool = new FileViewingSpool(file)
    await spool.append([viewingRecord({ id: 'a' })])
    appendFileSync(file, '\n{"id":"torn","revi')
    await spool.append([viewingRecord({ id: 'b' })])
    appendFileSync(file, '\n{"id":"to')

    assert.equal(await spool.drain(take), 2)
    assert.deepEqual(taken, ['a', 'b'])
  })

  test('[WL26] rows that could not be taken come again, after a restart too', async (t) => {
    const { file, taken, take } = setUp(t)
    const spool = new FileViewingSpool(file)
    await spool.append([viewingRecord({ id: 'a' })])
    const down = spool.drain(async () => {
      throw new Error('down')
    })
    await assert.rejects(down, /down/)
    await spool.append([viewingRecord({ id: 'b' })])

    await new FileViewingSpool(file).drain(take)

    assert.deepEqual(taken, ['a', 'b'])
  })

  test('[WL26] rows that are spooled while others are handed over come too', async (t) => {
    const { file, taken, take } = setUp(t)
    const spool = new FileViewingSpool(file)
    await spool.append(Array.from({ length: 1200 }, (_, index) => viewingRecord({ id: `old-${index}` })))
    let appended = 0
    const sizes: number[] = []

    await spool.drain(async (records) => {
      sizes.push(records.length)
      if (appended++ < 3) await spool.append([viewingRecord({ id: `new-${appended}` })])
      await take(records)
    })

    assert.equal(taken.length, 1203)
    assert.equal(new Set(taken).size, 1203)
    assert.deepEqual(sizes, [500, 500, 200, 3])
  })
})
