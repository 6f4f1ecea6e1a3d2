import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeLibrarySource, libraryItem } from '../../test/support/fake-library-source.ts'
import { BroadcastError } from './errors.ts'
import { Library } from './library.ts'
import { folded, matchesSearch, orderOf } from './library-item.ts'

function setUp() {
  const files = new FakeLibrarySource('file', [
    libraryItem({ id: 'f1', title: 'Alps', createdAt: 1, duration: 60, size: 300 }),
    libraryItem({ id: 'f2', title: 'Part 10', createdAt: 3, duration: null, size: 200 }),
    libraryItem({ id: 'f3', title: 'zoo', createdAt: 5, duration: 10, size: 100 }),
  ])
  const recordings = new FakeLibrarySource('recording', [
    libraryItem({ kind: 'recording', id: 'r1', title: 'Part 2', createdAt: 2, duration: 30, size: 250 }),
    libraryItem({ kind: 'recording', id: 'r2', title: 'Zebra', createdAt: 5, duration: 20, size: 50 }),
  ])
  const library = new Library([files, recordings])
  const ids = async (sort: 'newest' | 'oldest' | 'name' | 'duration' | 'size', page = 1, pageSize = 50) =>
    (await library.list({ q: '', sort, page, pageSize })).items.map(({ id }) => id)
  return { library, files, recordings, ids }
}

const notFound = (error: unknown) => error instanceof BroadcastError && error.code === 'item-not-found'

describe('the library', () => {
  test('[LB11] items of all sources are one list in one order', async () => {
    const { ids } = setUp()
    assert.deepEqual(await ids('newest'), ['f3', 'r2', 'f2', 'r1', 'f1'])
    assert.deepEqual(await ids('oldest'), ['f1', 'r1', 'f2', 'f3', 'r2'])
    assert.deepEqual(await ids('name'), ['f1', 'r1', 'f2', 'r2', 'f3'])
    assert.deepEqual(await ids('duration'), ['f1', 'r1', 'r2', 'f3', 'f2'])
    assert.deepEqual(await ids('size'), ['f1', 'r1', 'f2', 'f3', 'r2'])
  })

  test('[LB11] pages do not overlap and leave nothing out', async () => {
    const { library, ids } = setUp()
    for (const sort of ['newest', 'name', 'duration'] as const) {
      const pages = await Promise.all([1, 2, 3, 4].map((page) => ids(sort, page, 2)))
      assert.deepEqual(pages.flat(), await ids(sort))
      assert.deepEqual(pages[3], [])
    }
    assert.equal((await library.list({ q: '', sort: 'name', page: 2, pageSize: 2 })).total, 5)
  })

  test('[LB11] one kind only, or what a search finds', async () => {
    const { library, files } = setUp()
    files.pending = 4
    const base = { sort: 'name', page: 1, pageSize: 10 } as const
    const recordings = await library.list({ ...base, q: '', kind: 'recording' })
    assert.deepEqual([recordings.total, recordings.pending], [2, 0])
    const found = await library.list({ ...base, q: 'PART' })
    assert.deepEqual(
      found.items.map(({ id }) => id),
      ['r1', 'f2'],
    )
    assert.deepEqual([found.total, found.pending], [2, 4])
  })

  test('[LB12] an item is found, shown and removed by its kind and id; another is item-not-found', async () => {
    const { library, files } = setUp()
    assert.equal((await library.get('file', 'f1')).title, 'Alps')
    await library.remove('file', 'f1')
    assert.deepEqual(files.removed, ['f1'])
    await assert.rejects(library.get('file', 'f1'), notFound)
    await assert.rejects(library.get('recording', 'f2'), notFound)
    await assert.rejects(library.poster('file', 'f2'), notFound)
    await assert.rejects(library.remove('recording', 'nobody'), notFound)
    await assert.rejects(new Library().get('file', 'f1'), notFound)
  })

  test('[LB11] titles are looked for without case and accents, and put in order as people count', () => {
    assert.equal(folded('Café MÜLLER'), 'cafe muller')
    assert.ok(orderOf('Part 2') < orderOf('part 10'))
    assert.equal(orderOf('Part 007'), orderOf('part 7'))
    assert.ok(matchesSearch('Holiday in Málaga', 'malaga  HOLIDAY'))
    assert.ok(!matchesSearch('Holiday', 'holiday málaga'))
  })
})
