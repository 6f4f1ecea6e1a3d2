import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Who asks, in the order of the columns. */
export const ASKERS = [
  'stranger',
  'viewer',
  'broadcaster',
  'owner',
  'admin',
  'stream key',
  'viewer token',
] as const
export type AskerName = (typeof ASKERS)[number]
export type Outcome = 'yes' | '401' | '403' | '404'
export type Answers = { readonly public: Outcome; readonly private: Outcome }

const FILE = path.join(import.meta.dirname, '../../docs/spec/permissions.md')
const ROW = /^\| `([A-Z]+) (\S+)` +\|(.*)\|$/gm

/** The table of docs/spec/permissions.md: by route, who is answered how, about a public and a private broadcast. */
export function permissionTable(): Map<string, Readonly<Record<AskerName, Answers>>> {
  const text = readFileSync(FILE, 'utf8')
  return new Map(
    [...text.matchAll(ROW)].map(([line, method, url, cells = '']) => {
      const answers = cells.split('|').map((cell) => answersIn(cell.trim(), line))
      if (answers.length !== ASKERS.length) throw new Error(`a row needs ${ASKERS.length} answers: ${line}`)
      const row = Object.fromEntries(ASKERS.map((asker, index) => [asker, answers[index]]))
      return [`${method} ${url}`, row as Record<AskerName, Answers>]
    }),
  )
}

function answersIn(cell: string, line: string): Answers {
  const [open = '', closed = open] = cell.split(/ *\/ */)
  for (const each of [open, closed])
    if (!/^(yes|401|403|404)$/.test(each)) throw new Error(`"${each}" is no answer: ${line}`)
  return { public: open as Outcome, private: closed as Outcome }
}
