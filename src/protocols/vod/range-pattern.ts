/**
 * Patterns for Range headers that an administrator may set. Headers come from strangers: a pattern that some header makes
 * slow is refused by its form, before it ever runs.
 */

const MAX_LENGTH = 200
/** Characters that a header may consist of, as Node reads them. */
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
/** How many repeats may share the same characters. Work grows by the length of the header with each. */
const MAX_SHARING = 2

const TOKEN =
  /(?<open>\((?:\?(?:[:=!]|<[=!]|<\w+>|[^:=!<]))?)|(?<close>\))|(?<or>\|)|(?<edge>\^|\$|\\[bB])|(?<back>\\[1-9]|\\k)|(?<atom>\\x[\da-f]{2}|\\u[\da-f]{4}|\\c[a-z]|\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^])/giy
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y

type Quantity = { readonly least: number; readonly most: number }
type Atom = Quantity & {
  readonly text: string
  /** The alternatives or the optional group that it stands in, by where that begins; else absent. */
  readonly choice?: number
}
const ONCE: Quantity = { least: 1, most: 1 }

/** What is wrong with `text` as a pattern, to follow its name; undefined when it may be used. */
export function rangePatternFault(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  try {
    new RegExp(text)
  } catch {
    return 'is not a regular expression'
  }
  const scan = scanPattern(text)
  if (typeof scan === 'string') return scan
  if (scan.groups < 2) return 'needs two groups, for the first and the last byte'
  if (mostSharing(scan.atoms) > MAX_SHARING)
    return 'repeats the same characters in several places that follow each other, which some headers make slow'
  return undefined
}

/** As `parseRange` takes it. Only for what has no fault. */
export function compileRangePattern(text: string): RegExp {
  return new RegExp(text, 'i')
}

/** The atoms in a row, or what is wrong. */
function scanPattern(text: string): { atoms: Atom[]; groups: number } | string {
  const atoms: Atom[] = []
  const openAt: { atom: number; hasAlternatives: boolean }[] = [{ atom: 0, hasAlternatives: false }]
  let groups = 0
  let position = 0
  while (position < text.length) {
    TOKEN.lastIndex = position
    const match = TOKEN.exec(text)
    if (!match?.groups) return 'is not a regular expression'
    position = TOKEN.lastIndex
    const { open, close, or, back, atom } = match.groups
    if (open !== undefined) {
      if (!/^\((\?:|\?<\w+>)?$/.test(open)) return 'looks ahead or behind, which it must not'
      if (open !== '(?:') groups++
      openAt.push({ atom: atoms.length, hasAlternatives: false })
    } else if (or !== undefined) {
      const group = openAt.at(-1)
      if (group) group.hasAlternatives = true
    } else if (back !== undefined) return 'refers back to a group, which it must not'
    else {
      const [quantity, end] = quantityAt(text, position)
      position = end
      if (atom !== undefined) atoms.push({ text: atom, ...quantity })
      if (close === undefined) continue
      if (quantity.most > 1) return 'repeats a group, which some headers make slow'
      const group = openAt.pop()
      if (group && (group.hasAlternatives || quantity.least === 0)) loosen(atoms, group.atom)
    }
  }
  if (openAt[0]?.hasAlternatives) loosen(atoms, 0)
  return { atoms, groups }
}

function quantityAt(text: string, position: number): [Quantity, number] {
  QUANTIFIER.lastIndex = position
  const match = QUANTIFIER.exec(text)
  if (!match) return [ONCE, position]
  const [, sign, least = '', comma, most = ''] = match
  const end = QUANTIFIER.lastIndex
  if (sign !== undefined) return [{ least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity }, end]
  const lowest = Number(least)
  if (comma === undefined) return [{ least: lowest, most: lowest }, end]
  return [{ least: lowest, most: most === '' ? Infinity : Number(most) }, end]
}

function loosen(atoms: Atom[], from: number): void {
  for (const [index, atom] of atoms.entries()) if (index >= from) atoms[index] = { ...atom, choice: from }
}

/** How many parts of changing length can share out one run of a character among them, for the worst character. */
function mostSharing(atoms: readonly Atom[]): number {
  const tests = atoms.map(({ text }) => new RegExp(`^(?:${text})$`, 'is'))
  const runs = CHARACTERS.map((character) => {
    let sharing = 0
    let most = 0
    let choice: number | undefined
    for (const [index, atom] of atoms.entries()) {
      const takes = tests[index]?.test(character) ?? false
      const isChosen = atom.choice !== undefined && atom.choice !== choice
      if (takes && (atom.most > atom.least || isChosen)) {
        most = Math.max(most, ++sharing)
        choice = atom.choice
      } else if (!takes && atom.choice === undefined && atom.least > 0) sharing = 0
    }
    return most
  })
  return Math.max(...runs)
}
