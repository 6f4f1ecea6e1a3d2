import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import { Allowance } from './allowance.ts'
import type { ChatAuthor } from './chat-author.ts'

/** Messages of one person, and of all behind one address: a lecture hall may be. */
const PERSON = { burst: 5, perSecond: 0.5 }
const ADDRESS = { burst: 40, perSecond: 5 }
/** Messages of a whole room: each goes to everybody in it, and what is live comes first. */
const ROOM_BURST = 20
const SENDS_PER_SECOND = 20_000
const SLOWEST_ROOM = 2
const REACTIONS = { burst: 10, perSecond: 4 }
/** Authors whose last message is remembered for slow mode. */
const MAX_SPEAKERS = 20_000

/** How much may be said in one room. */
export class TalkLimits {
  readonly #clock: Clock
  readonly #persons: Allowance
  readonly #addresses: Allowance
  readonly #reactions: Allowance
  readonly #spokeAt = new Map<string, number>()
  #room: { tokens: number; at: number }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#persons = new Allowance(clock, PERSON)
    this.#addresses = new Allowance(clock, ADDRESS)
    this.#reactions = new Allowance(clock, REACTIONS)
    this.#room = { tokens: ROOM_BURST, at: clock.monotonic() }
  }

  /** In slow mode a guest nobody knows waits first: else each message could be that of a new one. */
  arrive({ author, role }: ChatAuthor, slowMode: number): void {
    if (slowMode > 0 && role === 'guest' && !this.#spokeAt.has(author)) this.#spoke(author)
  }

  /** Throws `too-many-requests`. */
  speak(author: ChatAuthor, { slowMode, listeners }: { slowMode: number; listeners: number }): void {
    const roomTokens = this.#roomTokens(listeners)
    if (author.role !== 'host') {
      assertNoWait(this.#slowModeLeft(author.author, slowMode), 'this chat is in slow mode')
      assertNoWait(this.#persons.wait(author.author), 'that was a lot at once')
      if (author.address !== null)
        assertNoWait(this.#addresses.wait(author.address), 'many speak from your network at once')
      assertNoWait(1 - roomTokens, 'many speak at once')
      this.#persons.take(author.author)
      if (author.address !== null) this.#addresses.take(author.address)
    }
    this.#room = { tokens: roomTokens - 1, at: this.#clock.monotonic() }
    this.#spoke(author.author)
  }

  mayReact({ author }: ChatAuthor): boolean {
    if (this.#reactions.wait(author) > 0) return false
    this.#reactions.take(author)
    return true
  }

  #slowModeLeft(author: string, slowMode: number): number {
    const spokeAt = this.#spokeAt.get(author)
    if (slowMode === 0 || spokeAt === undefined) return 0
    return slowMode - (this.#clock.monotonic() - spokeAt) / 1000
  }

  #roomTokens(listeners: number): number {
    const perSecond = Math.max(SLOWEST_ROOM, SENDS_PER_SECOND / Math.max(1, listeners))
    const { tokens, at } = this.#room
    return Math.min(ROOM_BURST, tokens + (perSecond * (this.#clock.monotonic() - at)) / 1000)
  }

  #spoke(author: string): void {
    this.#spokeAt.delete(author)
    this.#spokeAt.set(author, this.#clock.monotonic())
    const [oldest] = this.#spokeAt.keys()
    if (this.#spokeAt.size > MAX_SPEAKERS && oldest !== undefined) this.#spokeAt.delete(oldest)
  }
}

function assertNoWait(seconds: number, why: string): void {
  if (seconds <= 0) return
  throw new BroadcastError('too-many-requests', `${why}: wait a moment`, { retryAfter: Math.ceil(seconds) })
}
