/** Closes text so that nobody else can read or make it. */
export interface Seal {
  /** Fit for URLs. */
  close(text: string): string
  /** Undefined for everything that was not closed here. */
  open(sealed: string): string | undefined
}
