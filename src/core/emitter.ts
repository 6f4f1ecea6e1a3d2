/** Announces facts to any number of listeners. The owner keeps it private and exposes only `on`. */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners: { [Name in keyof Events]?: Set<(fact: Events[Name]) => void> } = {}
  readonly #onListenerError: (error: unknown) => void

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  /** Returns a function that stops listening. */
  on<Name extends keyof Events>(name: Name, listener: (fact: Events[Name]) => void): () => void {
    const listeners = (this.#listeners[name] ??= new Set())
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** A listener that throws never disturbs the emitter or the other listeners. */
  emit<Name extends keyof Events>(name: Name, fact: Events[Name]): void {
    for (const listener of this.#listeners[name] ?? []) {
      try {
        listener(fact)
      } catch (error) {
        this.#onListenerError(error)
      }
    }
  }
}
