/** A setting that an administrator changed; `value` is JSON. */
export type SavedSetting = { readonly key: string; readonly value: string }

/** Keeps what was changed while the server ran. */
export interface SettingStore {
  all(): Promise<readonly SavedSetting[]>
  /** All of it or nothing; null forgets. */
  save(changes: ReadonlyMap<string, string | null>): Promise<void>
}
