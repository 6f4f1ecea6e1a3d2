/** A browser in which somebody is signed in. Times are milliseconds since the epoch. */
export type SignIn = {
  readonly id: string
  readonly userId: string
  /** Of the token in its cookie. */
  readonly tokenHash: string
  readonly createdAt: number
  readonly seenAt: number
  /** Where it was last seen. */
  readonly address: string
  /** What the browser calls itself. */
  readonly agent: string
}

/** Keeps who is signed in where. */
export interface SignInStore {
  insert(signIn: SignIn): Promise<void>
  findByToken(tokenHash: string): Promise<SignIn | undefined>
  /** Of one person, latest seen first. */
  list(userId: string): Promise<readonly SignIn[]>
  touch(id: string, seen: Pick<SignIn, 'seenAt' | 'address'>): Promise<void>
  /** False when it was not there. */
  remove(id: string): Promise<boolean>
  /** Of one person, all but `exceptId`. */
  removeOf(userId: string, exceptId?: string): Promise<void>
  /** Those made before the one time, and those not seen since the other. */
  removeOld(old: { createdBefore: number; seenBefore: number }): Promise<void>
}
