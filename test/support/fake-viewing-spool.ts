import type { ViewingRecord, ViewingSpool } from '../../src/core/viewing-store.ts'

/** Holds rows in memory, and can be out of order. */
export class FakeViewingSpool implements ViewingSpool {
  rows: readonly ViewingRecord[] = []
  /** While set, nothing can be appended: the disk is full. */
  failure: Error | undefined

  async append(records: readonly ViewingRecord[]): Promise<void> {
    if (this.failure) throw this.failure
    this.rows = [...this.rows, ...records]
  }

  async drain(take: (records: readonly ViewingRecord[]) => Promise<void>): Promise<number> {
    const { rows } = this
    if (rows.length > 0) await take(rows)
    this.rows = this.rows.slice(rows.length)
    return rows.length
  }
}
