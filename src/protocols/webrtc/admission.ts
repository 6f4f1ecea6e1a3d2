import { addressBlock } from '../../core/address-block.ts'
import { BroadcastError } from '../../core/errors.ts'

export type AdmissionLimits = {
  /** At once from one address. */
  readonly perAddress: number
  /** At once from everybody. */
  readonly total: number
}

/** Counts those on their way in, who cost us something and have proved nothing yet. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #perAddress = new Map<string, number>()
  #total = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Throws `too-many-requests` or `overloaded`. Returns what to call, once or more, when it has come in or gone. */
  enter(address: string): () => void {
    const block = addressBlock(address)
    const here = this.#perAddress.get(block) ?? 0
    if (here >= this.#limits.perAddress)
      throw new BroadcastError('too-many-requests', 'too many unfinished connections from this address', {
        retryAfter: 10,
      })
    if (this.#total >= this.#limits.total)
      throw new BroadcastError('overloaded', 'too many connections are being made', { retryAfter: 5 })
    this.#perAddress.set(block, here + 1)
    this.#total++
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      this.#leave(block)
    }
  }

  #leave(block: string): void {
    this.#total--
    const left = (this.#perAddress.get(block) ?? 1) - 1
    if (left > 0) this.#perAddress.set(block, left)
    else this.#perAddress.delete(block)
  }
}
