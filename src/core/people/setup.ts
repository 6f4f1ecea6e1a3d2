import { BroadcastError } from '../errors.ts'
import type { Secrets } from '../secrets.ts'
import type { User } from './user-store.ts'
import type { NewUser, Users } from './users.ts'

export type SetupOptions = { users: Users; secrets: Secrets }

/** The first administrator of a server, made by whoever reads what it prints when it starts. */
export class Setup {
  readonly #options: SetupOptions
  #tokenHash: string | undefined

  constructor(options: SetupOptions) {
    this.#options = options
  }

  /** The token of the link; undefined where there is an administrator already. It ends with this process. */
  async begin(): Promise<string | undefined> {
    const { users, secrets } = this.#options
    if (await users.hasAdmin()) return undefined
    const token = secrets.newToken()
    this.#tokenHash = secrets.hash(token)
    return token
  }

  async isNeeded(): Promise<boolean> {
    return this.#tokenHash !== undefined && !(await this.#options.users.hasAdmin())
  }

  /** Works once. Rejects with `link-not-valid`, `bad-request` or `weak-password`. */
  async finish(token: string, wanted: Required<Omit<NewUser, 'role'>>): Promise<User> {
    const { users, secrets } = this.#options
    const tokenHash = this.#tokenHash
    if (tokenHash === undefined || !secrets.matches(token, tokenHash)) throw notValid()
    this.#tokenHash = undefined // nobody else meanwhile
    try {
      if (await users.hasAdmin()) throw notValid()
      return await users.create({ ...wanted, role: 'admin' })
    } catch (error) {
      this.#tokenHash = tokenHash
      throw error
    }
  }
}

function notValid(): BroadcastError {
  return new BroadcastError(
    'link-not-valid',
    'this link is of an earlier start, or there is an administrator already; the server prints a new one when it starts without',
  )
}
