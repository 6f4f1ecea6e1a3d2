/** Waits that can be cut short together. */
export class Pause {
  #wake: (() => void) | undefined

  /** Resolves after `milliseconds`, on `wake`, or when `signal` is aborted. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => resolve(undefined), milliseconds)
    this.#wake = () => resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
    await promise
    this.#wake = undefined
    clearTimeout(timer)
  }

  wake(): void {
    this.#wake?.()
  }
}
