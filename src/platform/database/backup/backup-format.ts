import { Type } from 'typebox'

/**
 * A backup is JSON lines, compressed by gzip: the header; then for each table its name and columns, and each row as an
 * array; last the number of rows of each table, without which the file is not whole.
 */
export const FORMAT = 1

export const Header = Type.Object({
  klieg: Type.Literal('backup'),
  format: Type.Integer(),
  /** Newest migration of the database that was backed up. */
  schema: Type.String(),
  /** Of the program that wrote it. */
  version: Type.String(),
  createdAt: Type.String(),
})

export const TableLine = Type.Object({ table: Type.String(), columns: Type.Array(Type.String()) })

export type Row = readonly (string | number | null)[]

/** Schemas are slow, and there may be millions. */
export function isRow(line: readonly unknown[]): line is Row {
  return line.every((cell) => cell === null || typeof cell === 'string' || typeof cell === 'number')
}

export const End = Type.Object({ end: Type.Record(Type.String(), Type.Integer()) })

/** What was written or read: rows by table. */
export type BackupSummary = {
  readonly schema: string
  readonly rows: Readonly<Record<string, number>>
}
