import type { ProblemError } from './problem-error.ts'
import type { StateChange } from './publication.ts'

/** Why a state was entered, and what comes next. */
type StateReason = Omit<StateChange<never>, 'state'>

/** The state of one publication or viewing, told to whom it concerns. */
export class Lifecycle<State extends string> {
  /** Settles once, with the final state. */
  readonly closed: Promise<'ended' | 'failed'>
  #state: State
  #reason: StateReason = {}
  #over = false
  readonly #onState: ((change: StateChange<State>) => void) | undefined
  readonly #settle: (state: 'ended' | 'failed') => void

  constructor(initial: State, onState: ((change: StateChange<State>) => void) | undefined) {
    this.#state = initial
    this.#onState = onState
    const { promise, resolve } = Promise.withResolvers<'ended' | 'failed'>()
    this.closed = promise
    this.#settle = resolve
  }

  get state(): State {
    return this.#state
  }

  get problem(): ProblemError | undefined {
    return this.#reason.problem
  }

  /** Nothing follows any more. */
  get over(): boolean {
    return this.#over
  }

  /** Tells it, unless it is the same state for no new reason. After the final state nothing is told. */
  become(state: State, reason: StateReason = {}): void {
    if (this.#over) return
    const same = state === this.#state && reason.problem === this.#reason.problem
    this.#state = state
    this.#reason = reason
    if (!same) tell(this.#onState, { state, ...reason })
  }

  /** The last state. Any number of times; the first counts. */
  finish(state: State & ('ended' | 'failed'), problem?: ProblemError): void {
    if (this.#over) return
    this.become(state, problem ? { problem } : {})
    this.#over = true
    this.#settle(state)
  }
}

/** A listener that throws harms nobody; the browser reports it. */
export function tell<Fact>(listener: ((fact: Fact) => void) | undefined, fact: Fact): void {
  try {
    listener?.(fact)
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
