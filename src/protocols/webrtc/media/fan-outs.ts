import type { Layer } from '../../../core/layer.ts'
import { FanOut, type Turns } from './fan-out.ts'
import type { Forwarder } from './forwarder.ts'

/** The fan-out of each layer that is being watched in this process. */
export class FanOuts {
  readonly #turns: Turns
  readonly #byLayer = new Map<Layer, FanOut>()

  constructor(turns: Turns) {
    this.#turns = turns
  }

  add(layer: Layer, forwarder: Forwarder, cursor: number): void {
    let fanOut = this.#byLayer.get(layer)
    if (!fanOut) {
      fanOut = new FanOut(layer, this.#turns)
      this.#byLayer.set(layer, fanOut)
    }
    fanOut.add(forwarder, cursor)
  }

  remove(layer: Layer, forwarder: Forwarder): void {
    const fanOut = this.#byLayer.get(layer)
    fanOut?.remove(forwarder)
    if (fanOut?.size !== 0) return
    fanOut.close()
    this.#byLayer.delete(layer)
  }
}
