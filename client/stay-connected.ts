import { onNetworkChange } from './network-change.ts'
import { Pause } from './pause.ts'
import { ProblemError } from './problem-error.ts'

/** One connection that has been made. */
export type Connection = {
  /** Resolves with why it is over. Never rejects. */
  readonly lost: Promise<ProblemError>
}

/** What differs between publishing and watching. */
type StayConnectedOptions = {
  /** Makes a connection, or rejects. */
  connect: (signal: AbortSignal) => Promise<Connection>
  /** Called before each wait, `attempt` counted from 0 since all was well; returns its milliseconds. */
  onTrouble: (problem: ProblemError, attempt: number) => number
  signal: AbortSignal
  /** Woken by those who know that trying again makes sense now. */
  pause?: Pause | undefined
}

/** A connection that lasted this long was a good one: the next loss is a new story. */
const STEADY = 2000

/** Connects, and again whenever the connection is lost, until it is aborted or can not be. Returns the final problem. */
export async function stayConnected(options: StayConnectedOptions): Promise<ProblemError | undefined> {
  const { connect, onTrouble, signal, pause = new Pause() } = options
  const aborted = () => signal.aborted
  let attempt = 0
  const stopListening = onNetworkChange(() => {
    attempt = 0
    pause.wake()
  })
  try {
    for (;;) {
      let problem: ProblemError
      try {
        const { lost } = await connect(signal)
        const steady = setTimeout(() => (attempt = 0), STEADY)
        problem = await lost
        clearTimeout(steady)
      } catch (error) {
        problem = asProblem(error)
      }
      if (aborted()) return undefined
      if (problem.final) return problem
      await pause.wait(onTrouble(problem, attempt++), signal)
      if (aborted()) return undefined
    }
  } finally {
    stopListening()
  }
}

function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ProblemError('browser-failed', `The browser could not connect: ${message}`, { cause: error })
}
