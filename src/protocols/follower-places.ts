import { addressBlock } from '../core/address-block.ts'
import { BroadcastError } from '../core/errors.ts'

export type PlaceLimits = { readonly perAddress: number; readonly total: number }

/** Room for a lecture hall behind one address, and for no single address to take all there is. */
const DEFAULT_LIMITS: PlaceLimits = { perAddress: 1000, total: 5000 }

/** Counts those who follow a list, for each keeps a connection. */
export class FollowerPlaces {
  readonly #limits: PlaceLimits
  readonly #perAddress = new Map<string, number>()
  #total = 0

  constructor(limits: PlaceLimits = DEFAULT_LIMITS) {
    this.#limits = limits
  }

  /** Throws `overloaded`. Returns what to call once, when the follower is gone. */
  take(address: string): () => void {
    const block = addressBlock(address)
    const here = this.#perAddress.get(block) ?? 0
    if (here >= this.#limits.perAddress || this.#total >= this.#limits.total)
      throw new BroadcastError('overloaded', 'too many follow the list now')
    this.#perAddress.set(block, here + 1)
    this.#total++
    return () => {
      this.#total--
      const left = (this.#perAddress.get(block) ?? 1) - 1
      if (left > 0) this.#perAddress.set(block, left)
      else this.#perAddress.delete(block)
    }
  }
}
