import type { LibraryItem } from '../../../client/index.ts'
import { type Position, type Positions, positionsAfter, positionsIn } from './positions.ts'

const KEY = 'klieg.positions'

type Item = Pick<LibraryItem, 'kind' | 'id'>

/** Where somebody stopped watching this, on this device. */
export function positionOf(item: Item): Position | undefined {
  return read()[nameOf(item)]
}

/** Kept for the next visit; a browser that keeps nothing is no reason to stop playing. */
export function keepPosition(item: Item, at: number, duration: number): void {
  const position = { at, duration, seenAt: Date.now() }
  try {
    localStorage.setItem(KEY, JSON.stringify(positionsAfter(read(), nameOf(item), position)))
  } catch {
    // private window, or full
  }
}

function read(): Positions {
  try {
    return positionsIn(localStorage.getItem(KEY))
  } catch {
    return {}
  }
}

const nameOf = ({ kind, id }: Item) => `${kind}/${id}`
