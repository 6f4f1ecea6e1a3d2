import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareItems, type LibrarySort } from '../../src/core/library-item.ts'
import { type VideoRecord, type VideoStore } from '../../src/core/video-store.ts'

/** A record as a scan makes it, with what matters to the test. */
export function videoRecord(changes: Partial<VideoRecord> = {}): VideoRecord {
  const { path = 'a.mp4' } = changes
  return {
    id: path.replaceAll(/[^a-z0-9]/gi, '-'),
    path,
    title: path.replace(/^.*\//, '').replace(/\.[^.]*$/, ''),
    size: 1000,
    modifiedAt: 1,
    createdAt: 1,
    facts: { duration: null, width: null, height: null, codecs: [], bitrate: null },
    posterVersion: null,
    examined: false,
    ...changes,
  }
}

const facts = (duration: number | null) => ({
  duration,
  width: 640,
  height: 360,
  codecs: ['h264', 'aac'],
  bitrate: 1e6,
})

/** What every store of videos must do. */
export function describeVideoStore(name: string, open: () => Promise<VideoStore>): void {
  async function filled(...records: readonly Partial<VideoRecord>[]) {
    const store = await open()
    for (const record of records) await store.put(videoRecord(record))
    const paths = async (q: string, sort: LibrarySort = 'name', limit = 50) =>
      (await store.list({ q, sort, limit })).records.map(({ path }) => path)
    return { store, paths }
  }

  describe(name, () => {
    test('[LB10] what was put is found as it was, and put again it is replaced', async () => {
      const { store } = await filled({})
      const known = videoRecord({ facts: facts(12.5), posterVersion: 'v2', examined: true, size: 5e12 })
      await store.put(known)

      assert.deepEqual(await store.find(known.id), known)
      assert.deepEqual(await store.all(), [known])
      await store.remove(known.id)
      assert.equal(await store.find(known.id), undefined)
    })

    test('[LB10] a list is in the order that all sources share, as far as it was asked for', async () => {
      const { store } = await filled(
        { path: 'Part 10.mp4', createdAt: 5, size: 10, facts: facts(7) },
        { path: 'part 2.mp4', createdAt: 5, size: 30, facts: facts(null) },
        { path: 'sub/Émile.mp4', createdAt: 9, size: 20, facts: facts(90) },
        { path: 'zoo.mp4', createdAt: 1, size: 20, facts: facts(7) },
      )
      for (const sort of ['newest', 'oldest', 'name', 'duration', 'size'] as const) {
        const { records, total } = await store.list({ q: '', sort, limit: 3 })
        const expected = (await store.all()).toSorted((a, b) => compareItems(sort)(sortable(a), sortable(b)))
        assert.deepEqual(
          records.map(({ path }) => path),
          expected.slice(0, 3).map(({ path }) => path),
          sort,
        )
        assert.equal(total, 4)
      }
    })

    test('[LB10] a search finds every word in folder or name, without case or accents, and nothing by pattern', async () => {
      const { paths } = await filled(
        { path: 'Italien/Café Müller.mp4' },
        { path: 'Italien/100% sure_thing.mp4' },
        { path: String.raw`back\slash.mp4` },
      )
      assert.deepEqual(await paths('cafe muller'), ['Italien/Café Müller.mp4'])
      assert.deepEqual(await paths('MÜLLER italien'), ['Italien/Café Müller.mp4'])
      assert.deepEqual(await paths('100%'), ['Italien/100% sure_thing.mp4'])
      assert.deepEqual(await paths('e_t'), ['Italien/100% sure_thing.mp4'])
      assert.deepEqual(await paths('c%r'), [])
      assert.deepEqual(await paths(String.raw`k\s`), [String.raw`back\slash.mp4`])
      assert.equal((await paths('  ')).length, 3)
    })
  })
}

function sortable({ id, title, size, createdAt, facts: { duration } }: VideoRecord) {
  const rest = {
    width: null,
    height: null,
    codecs: [],
    listed: true,
    posterVersion: null,
    play: '',
    download: '',
    contentType: '',
  }
  return { kind: 'file', id, title, size, createdAt, duration, ...rest } as const
}
