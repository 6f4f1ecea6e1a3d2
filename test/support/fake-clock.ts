import type { Clock } from '../../src/core/ports.ts'

type Task = { readonly at: number; readonly run: () => void }

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #now: number
  #elapsed = 0
  #tasks: readonly Task[] = []

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now
  }

  /** Tasks that wait for their time. */
  get pending(): number {
    return this.#tasks.length
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(milliseconds: number, run: () => void): () => void {
    const task = { at: this.#elapsed + milliseconds, run }
    this.#tasks = [...this.#tasks, task]
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task)
    }
  }

  /** Runs what becomes due on the way, in order. */
  advance(milliseconds: number): void {
    const end = this.#elapsed + milliseconds
    for (;;) {
      const due = this.#tasks.filter(({ at }) => at <= end)
      const next = due.reduce<Task | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined)
      if (!next) break
      this.#tasks = this.#tasks.filter((task) => task !== next)
      this.#moveTo(next.at)
      next.run()
    }
    this.#moveTo(end)
  }

  /** Somebody set the wall clock; durations are not affected. */
  jump(milliseconds: number): void {
    this.#now += milliseconds
  }

  #moveTo(elapsed: number): void {
    this.#now += elapsed - this.#elapsed
    this.#elapsed = elapsed
  }
}
