import { createReadStream, existsSync } from 'node:fs'
import { appendFile, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { ViewingRecord, ViewingSpool } from '../core/viewing-store.ts'

const BATCH = 500
const OWNER_ONLY = 0o600

/** Keeps rows in a file, one per line. While they are brought in, new ones go to another. */
export class FileViewingSpool implements ViewingSpool {
  readonly #file: string
  readonly #draining: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(file: string) {
    this.#file = file
    this.#draining = `${file}.draining`
  }

  append(records: readonly ViewingRecord[]): Promise<void> {
    // A line that was cut off by a crash ends before ours begins.
    const lines = records.map((record) => `\n${JSON.stringify(record)}`).join('')
    return this.#inTurn(() => appendFile(this.#file, lines, { flush: true, mode: OWNER_ONLY }))
  }

  async drain(take: (records: readonly ViewingRecord[]) => Promise<void>): Promise<number> {
    let rows = 0
    while (await this.#setAside()) {
      let batch: ViewingRecord[] = []
      for await (const line of createInterface({ input: createReadStream(this.#draining) })) {
        const record = recordIn(line)
        if (!record) continue
        batch.push(record)
        if (batch.length < BATCH) continue
        await take(batch)
        rows += batch.length
        batch = []
      }
      if (batch.length > 0) await take(batch)
      rows += batch.length
      await rm(this.#draining)
    }
    return rows
  }

  /** What an attempt before this one left comes first. */
  #setAside(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (existsSync(this.#draining)) return true
      if (!existsSync(this.#file)) return false
      await rename(this.#file, this.#draining)
      return true
    })
  }

  /** The file is not set aside while rows are written to it. */
  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(step)
    this.#last = done.catch(() => undefined)
    return done
  }
}

/** Undefined for a line that a crash or a full disk cut off; its row was not acknowledged. */
function recordIn(line: string): ViewingRecord | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as ViewingRecord)
  } catch {
    return undefined
  }
}
