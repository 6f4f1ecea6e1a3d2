import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import type { ChatAuthor } from './chat-author.ts'
import type { ChatSanction } from './chat-store.ts'

/** More than any moderator makes by hand; beyond, the oldest is forgiven. */
const MAX_SANCTIONS = 10_000

/** Who may not speak, and who may not be in a room. Whoever runs the broadcast always may. */
export class Sanctions {
  readonly #clock: Clock
  readonly #byId = new Map<string, ChatSanction>()
  readonly #mutes = new Map<string, ChatSanction>()
  readonly #banned = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Newest first, without those that are over. */
  all(): readonly ChatSanction[] {
    return [...this.#byId.values()].filter((sanction) => this.#holds(sanction)).reverse()
  }

  add(sanction: ChatSanction): void {
    if (this.#byId.has(sanction.id) || !this.#holds(sanction)) return
    this.#byId.set(sanction.id, sanction)
    if (sanction.kind === 'mute') this.#mutes.set(sanction.author, sanction)
    else this.#countBan(sanction, 1)
    const [oldest] = this.#byId.keys()
    if (this.#byId.size > MAX_SANCTIONS && oldest !== undefined) this.remove(oldest)
  }

  remove(id: string): ChatSanction | undefined {
    const sanction = this.#byId.get(id)
    if (!sanction) return undefined
    this.#byId.delete(id)
    if (sanction.kind === 'ban') this.#countBan(sanction, -1)
    else if (this.#mutes.get(sanction.author) === sanction) this.#mutes.delete(sanction.author)
    return sanction
  }

  muteOf({ author, role }: ChatAuthor): ChatSanction | undefined {
    const mute = role === 'host' ? undefined : this.#mutes.get(author)
    return mute && this.#holds(mute) ? mute : undefined
  }

  /** An account that is banned can not come back as a guest from where it was, nor a guest as another one. */
  isBanned({ author, address, role }: ChatAuthor): boolean {
    if (role === 'host') return false
    return this.#banned.has(author) || (role === 'guest' && address !== null && this.#banned.has(address))
  }

  /** Throws `chat-banned`. */
  assertNotBanned(author: ChatAuthor): void {
    if (this.isBanned(author)) throw new BroadcastError('chat-banned', 'you may not take part in this chat')
  }

  /** Throws `chat-muted`. */
  assertNotMuted(author: ChatAuthor): void {
    const mute = this.muteOf(author)
    if (!mute) return
    const left = mute.until === null ? undefined : Math.ceil((mute.until - this.#clock.now()) / 1000)
    throw new BroadcastError('chat-muted', 'you may not speak for a while', {
      ...(left !== undefined && { retryAfter: left }),
    })
  }

  #holds({ until }: ChatSanction): boolean {
    return until === null || until > this.#clock.now()
  }

  #countBan({ author, address }: ChatSanction, by: 1 | -1): void {
    for (const key of address === null ? [author] : [author, address]) {
      const count = (this.#banned.get(key) ?? 0) + by
      if (count > 0) this.#banned.set(key, count)
      else this.#banned.delete(key)
    }
  }
}
