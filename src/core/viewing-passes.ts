import type { Broadcast } from './broadcast.ts'
import { BroadcastError } from './errors.ts'
import type { Doorkeeper, Grant } from './doorkeeper.ts'
import type { Clock } from './ports.ts'
import { LONGEST_STAY } from './revocations.ts'
import type { Seal } from './seal.ts'
import type { Secrets } from './secrets.ts'

export type ViewingPassesOptions = {
  doorkeeper: Pick<Doorkeeper, 'holds'>
  seal: Seal
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
}

/** What a pass says, inside. */
type Content = {
  readonly viewing: string
  readonly broadcastId: string
  readonly until: number
  /** Of a viewer token; it goes on to be asked after, also by a later process. */
  readonly token?: { readonly id: string; readonly expiresAt: number }
  /** Everything else is known by the process that gave it out. */
  readonly process?: string
  readonly number?: number
}

/** Rights that this process remembers; beyond, the one that was not used for longest is forgotten. */
const MAX_REMEMBERED = 20_000

/**
 * Lets a player in once, and then by what it carries in its addresses: a playlist's segments come without headers and
 * must not carry the token itself, which lasts longer and may be anybody's.
 */
export class ViewingPasses {
  readonly #options: ViewingPassesOptions
  readonly #process: string
  readonly #remembered = new Map<number, Grant>()
  #last = 0

  constructor(options: ViewingPassesOptions) {
    this.#options = options
    this.#process = options.secrets.newId()
  }

  /** Fit for a URL. */
  give(grant: Grant): string {
    const { clock, secrets, seal } = this.#options
    const { tokenId: id, expiresAt = 0 } = grant.asker
    const content: Content = {
      viewing: secrets.newId(),
      broadcastId: grant.broadcast.id,
      until: clock.now() + LONGEST_STAY,
      ...(id === undefined
        ? { process: this.#process, number: this.#remember(grant) }
        : { token: { id, expiresAt } }),
    }
    return seal.close(JSON.stringify(content))
  }

  /**
   * Undefined for what is no pass of ours for this broadcast. Rejects with `token-expired` when it was good once.
   * `viewing` is the same for all requests of one player.
   */
  async enter(broadcast: Broadcast, pass: string): Promise<{ grant: Grant; viewing: string } | undefined> {
    const content = this.#read(pass)
    if (content?.broadcastId !== broadcast.id) return undefined
    const grant = this.#grantOf(content, broadcast)
    const holds =
      grant && content.until > this.#options.clock.now() && (await this.#options.doorkeeper.holds(grant))
    if (!holds) throw new BroadcastError('token-expired', 'this viewing is over: open the broadcast again')
    return { grant, viewing: content.viewing }
  }

  #read(pass: string): Content | undefined {
    const text = this.#options.seal.open(pass)
    return text === undefined ? undefined : (JSON.parse(text) as Content) // nobody else wrote it
  }

  #grantOf({ token, process, number = 0 }: Content, broadcast: Broadcast): Grant | undefined {
    if (token) {
      const { id: tokenId, expiresAt } = token
      const asker = { open: false, foreign: false, brings: 'viewer-token', tokenId, expiresAt } as const
      return { broadcast, action: 'watch', asker, since: 0 }
    }
    const grant = process === this.#process ? this.#remembered.get(number) : undefined
    if (!grant) return undefined
    this.#remembered.delete(number)
    this.#remembered.set(number, grant) // to the end of the queue
    return { ...grant, broadcast }
  }

  #remember(grant: Grant): number {
    this.#remembered.set(++this.#last, grant)
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest)
    return this.#last
  }
}
