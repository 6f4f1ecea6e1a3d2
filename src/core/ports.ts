/** Writes one line per event: an object of fields, then a short sentence. pino fits. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Time as the domain sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch: for people and the database. */
  now(): number
  /** Monotonic milliseconds: for durations and time-outs. */
  monotonic(): number
  /** Runs `task` once after `milliseconds`; the returned function cancels it. Never keeps the process alive. */
  after(milliseconds: number, task: () => void): () => void
}

/** Why something that lived is gone. */
export type CloseReason =
  | 'ended' // stopped on purpose by its owner or its peer
  | 'kicked' // ended by somebody with the right to
  | 'replaced' // another publisher or session took its place
  | 'timeout' // silence, or never came up
  | 'failed' // transport or worker failure
  | 'incompatible' // the media changed to something the peer cannot take
  | 'overload' // refused or dropped to protect the rest
  | 'shutdown' // the server stops
