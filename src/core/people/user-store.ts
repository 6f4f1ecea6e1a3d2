import type { Person, Role } from '../identity.ts'

/** Somebody's account. Times are milliseconds since the epoch. */
export type User = {
  readonly id: string
  /** As `normalEmail` writes it; no two accounts have the same. */
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null until a password was chosen. */
  readonly passwordHash: string | null
  /** Sealed secret of the second factor; null while it is off. */
  readonly totp: string | null
  /** Sealed secret of a second factor that has not been confirmed. */
  readonly totpPending: string | null
  readonly createdAt: number
  /** When they last signed in or asked for anything. */
  readonly seenAt: number | null
  /** Disabled accounts open nothing. */
  readonly disabledAt: number | null
}

/** What of an account may change. */
export type UserChanges = Partial<Omit<User, 'id' | 'createdAt'>>

export type UserQuery = {
  /** Found in name or e-mail, in any case. */
  readonly text?: string
  readonly role?: Role
  readonly offset: number
  readonly limit: number
}

/** Keeps accounts. */
export interface UserStore {
  /** Rejects with `email-taken`. */
  insert(user: User): Promise<void>
  /** False when there is no such account. Rejects with `email-taken`. */
  update(id: string, changes: UserChanges): Promise<boolean>
  find(id: string): Promise<User | undefined>
  findByEmail(email: string): Promise<User | undefined>
  /** By name, then e-mail. */
  list(query: UserQuery): Promise<{ users: readonly User[]; total: number }>
  /** Administrators who are not disabled. */
  countAdmins(): Promise<number>
  /** With the codes of its second factor. False when there is no such account. */
  remove(id: string): Promise<boolean>

  /** Marks a time step of the second factor as used; false when it or a later one was used before. */
  takeTotpStep(id: string, step: number): Promise<boolean>
  /** Replaces all of them. */
  setRecoveryCodes(id: string, hashes: readonly string[]): Promise<void>
  /** Uses one up; false when there is none such. */
  takeRecoveryCode(id: string, hash: string): Promise<boolean>
  countRecoveryCodes(id: string): Promise<number>
}

/** As others may know them. */
export function personOf({ id, name, role }: User): Person {
  return { id, name, role }
}

/** One way to write an e-mail address, so that it is found again. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase()
}
