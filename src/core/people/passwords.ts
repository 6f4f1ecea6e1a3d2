import { BroadcastError } from '../errors.ts'

/** Hashes passwords slowly, elsewhere than where requests are served. */
export interface PasswordHash {
  hash(password: string): Promise<string>
  matches(password: string, hash: string): Promise<boolean>
}

export const SHORTEST_PASSWORD = 10
export const LONGEST_PASSWORD = 256
const FEWEST_DIFFERENT_CHARACTERS = 5

/** The same password, however a keyboard composes its accents. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC')
}

/** Throws `weak-password` and says what would do. */
export function assertStrong(password: string, { email, name }: { email: string; name: string }): void {
  const characters = Array.from(normalPassword(password))
  if (characters.length < SHORTEST_PASSWORD)
    throw weak(`a password has at least ${SHORTEST_PASSWORD} characters`)
  if (characters.length > LONGEST_PASSWORD)
    throw weak(`a password has at most ${LONGEST_PASSWORD} characters`)
  if (new Set(characters).size < FEWEST_DIFFERENT_CHARACTERS)
    throw weak('this password repeats too few characters; a sentence is easier to remember')
  const said = password.toLowerCase()
  if ([email, email.split('@')[0], name.toLowerCase()].includes(said))
    throw weak('this password is your name or e-mail; a sentence is harder to guess')
}

function weak(message: string): BroadcastError {
  return new BroadcastError('weak-password', message)
}
