/** Codes of an authenticator app (RFC 6238): six digits, a new one every 30 seconds. */
export interface OneTimeCodes {
  /** In Base32, as apps want it. */
  newSecret(): string
  /** The code of a time step. */
  codeAt(secret: string, step: number): string
}

export const SECONDS_PER_STEP = 30

/** Which time step a moment belongs to. */
export function stepAt(milliseconds: number): number {
  return Math.floor(milliseconds / 1000 / SECONDS_PER_STEP)
}
