import type { SignIn } from './sign-in-store.ts'

const DAY = 24 * 3_600_000
const UNSEEN = 14 * DAY
const WHOLE = 90 * DAY

/** How long somebody stays signed in: 14 days after the browser was last seen, 90 days at most. */
export const SIGN_IN_LIFE = {
  /** Seconds, for the cookie. */
  maxAge: WHOLE / 1000,
  holds({ createdAt, seenAt }: Pick<SignIn, 'createdAt' | 'seenAt'>, now: number): boolean {
    return now - createdAt < WHOLE && now - seenAt < UNSEEN
  },
  /** Those before it are over. */
  endsOf(now: number): { createdBefore: number; seenBefore: number } {
    return { createdBefore: now - WHOLE, seenBefore: now - UNSEEN }
  },
}
