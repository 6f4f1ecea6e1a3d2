import type { SavedSetting, SettingStore } from '../../src/core/setting-store.ts'

/** Remembers, and fails when told to. */
export class FakeSettingStore implements SettingStore {
  readonly saved = new Map<string, string>()
  isAway = false

  async all(): Promise<readonly SavedSetting[]> {
    if (this.isAway) throw new Error('the database is away')
    return [...this.saved].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  async save(changes: ReadonlyMap<string, string | null>): Promise<void> {
    if (this.isAway) throw new Error('the database is away')
    for (const [key, value] of changes)
      if (value === null) this.saved.delete(key)
      else this.saved.set(key, value)
  }
}
