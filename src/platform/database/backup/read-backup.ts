import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { End, FORMAT, Header, isRow, type Row, TableLine } from './backup-format.ts'
import type { Tables } from './schema-of-version.ts'

/** Rows of one table, in the order of its columns. */
export type Portion = {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** PostgreSQL takes 65 535 values in one statement, SQLite 32 766. */
const VALUES = 30_000
const MOST_ROWS = 500

/** A backup that cannot be read; the message names it. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/** One backup, read from its beginning to its end, once. */
export class BackupReader implements AsyncDisposable {
  readonly header: Static<typeof Header>
  readonly #file: string
  readonly #lines: AsyncGenerator

  /** Rejects where this is no backup, or one of a format that came later. */
  static async open(file: string): Promise<BackupReader> {
    const lines = linesOf(file)
    const first = await lines.next()
    const header: unknown = first.value
    if (!Value.Check(Header, header)) throw new BackupError(`${file} is no backup of Klieg`)
    if (header.format !== FORMAT)
      throw new BackupError(`${file} was written by a newer version of Klieg (${header.version})`)
    return new BackupReader(file, header, lines)
  }

  private constructor(file: string, header: Static<typeof Header>, lines: AsyncGenerator) {
    this.#file = file
    this.header = header
    this.#lines = lines
  }

  /** All rows of the tables that there should be. Rejects at the end where the file is not whole. */
  async *portions(tables: Tables): AsyncGenerator<Portion> {
    const counted: Record<string, number> = {}
    let current: Static<typeof TableLine> | undefined
    let rows: Row[] = []
    for await (const line of this.#lines) {
      if (Array.isArray(line)) {
        if (!current || line.length !== current.columns.length || !isRow(line)) throw this.#damaged()
        rows.push(line)
        counted[current.table] = (counted[current.table] ?? 0) + 1
        if (rows.length < Math.min(MOST_ROWS, VALUES / current.columns.length)) continue
      }
      if (current && rows.length > 0) yield { ...current, rows }
      rows = []
      if (Array.isArray(line)) continue
      if (Value.Check(End, line)) {
        if (!sameCounts(line.end, counted)) throw this.#damaged()
        return
      }
      if (!Value.Check(TableLine, line)) throw this.#damaged()
      current = line
      const known = tables.get(current.table)
      if (!known || current.columns.some((column) => !known.includes(column))) throw this.#damaged()
    }
    throw this.#damaged()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.return(undefined)
  }

  #damaged(): BackupError {
    return new BackupError(`${this.#file} is damaged, or was cut off`)
  }
}

function sameCounts(
  told: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): boolean {
  return Object.entries(told).every(([table, count]) => count === (counted[table] ?? 0))
}

async function* linesOf(file: string): AsyncGenerator {
  const source = createReadStream(file)
  const plain = createGunzip()
  source.on('error', (error) => plain.destroy(error))
  source.pipe(plain)
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line)
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') throw new BackupError(`there is no file ${file}`)
    const isData = error instanceof SyntaxError || String((error as { code?: unknown }).code).startsWith('Z_')
    throw isData ? new BackupError(`${file} is damaged, or no backup`, { cause: error }) : error
  } finally {
    source.destroy()
    plain.destroy()
  }
}
