import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SettingStore } from '../../src/core/setting-store.ts'

/** What every store of settings does; run on the fake and on the real ones. */
export function describeSettingStore(name: string, open: () => Promise<SettingStore>): void {
  describe(name, () => {
    test('[DB60] what was saved last is there, what was forgotten is not', async () => {
      const store = await open()
      assert.deepEqual(await store.all(), [])
      await store.save(
        new Map([
          ['registration', 'true'],
          ['maxUploadMb', '7'],
        ]),
      )
      await store.save(
        new Map([
          ['registration', 'false'],
          ['maxUploadMb', null],
          ['logLevel', '"debug"'],
        ]),
      )
      await store.save(new Map())

      assert.deepEqual(await store.all(), [
        { key: 'logLevel', value: '"debug"' },
        { key: 'registration', value: 'false' },
      ])
    })
  })
}
