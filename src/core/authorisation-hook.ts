import type { Clock, Logger } from './ports.ts'
import type { Door } from './session.ts'
import type { Visitor } from './visitor.ts'

export type HookAction = 'publish' | 'watch'

/** What is asked of whoever keeps the users. */
export type HookQuestion = {
  readonly action: HookAction
  readonly broadcast: string
  readonly door?: Door
  readonly address: string
  readonly token?: string
  /** Who it is by our own accounts. */
  readonly identity?: { readonly id: string; readonly name: string; readonly role: string }
}

export type HookAnswer = {
  readonly allowed: boolean
  /** Who it is over there. */
  readonly person?: { readonly id: string; readonly name: string }
}

/** `undecided`: nobody was asked. */
export type HookVerdict = {
  readonly verdict: 'allow' | 'deny' | 'undecided'
  readonly person?: HookAnswer['person']
}

/** Asks; rejects where there is no answer. */
export type AskHook = (question: HookQuestion) => Promise<HookAnswer>

export type AuthorisationHookOptions = {
  publish?: AskHook
  watch?: AskHook
  clock: Clock
  logger: Logger
}

const KEPT_FOR = 10_000
const MAX_KEPT = 5_000
const LONGEST_TOKEN = 4096
/** Questions at once: an application that hangs must not pile them up here. */
const MAX_OPEN = 100
const COMPLAIN_EVERY = 10_000
const DENY: HookVerdict = { verdict: 'deny' }

/** Lets another application decide who may publish and watch. Without an answer nobody may. */
export class AuthorisationHook {
  readonly #options: AuthorisationHookOptions
  /** By question, in order of their answers. */
  readonly #kept = new Map<string, { readonly verdict: HookVerdict; readonly until: number }>()
  readonly #open = new Map<string, Promise<HookVerdict>>()
  #complainedAt = -Infinity

  constructor(options: AuthorisationHookOptions) {
    this.#options = options
  }

  /** Whether anybody is asked at all. */
  asks(action: HookAction): boolean {
    return this.#options[action] !== undefined
  }

  mayPublish(visitor: Visitor, broadcastId: string, door: Door | undefined): Promise<HookVerdict> {
    return this.#ask('publish', visitor, broadcastId, door)
  }

  mayWatch(visitor: Visitor, broadcastId: string, door: Door | undefined): Promise<HookVerdict> {
    return this.#ask('watch', visitor, broadcastId, door)
  }

  async #ask(
    action: HookAction,
    { address, token, identity }: Visitor,
    broadcast: string,
    door: Door | undefined,
  ): Promise<HookVerdict> {
    const ask = this.#options[action]
    if (!ask) return { verdict: 'undecided' }
    if (token !== undefined && token.length > LONGEST_TOKEN) return DENY
    const question: HookQuestion = {
      ...{ action, broadcast, address },
      ...(door && { door }),
      ...(token !== undefined && { token }),
      ...(identity && {
        identity: { id: identity.person.id, name: identity.person.name, role: identity.person.role },
      }),
    }
    const key = JSON.stringify(question)
    const kept = this.#kept.get(key)
    if (kept && kept.until > this.#options.clock.monotonic()) return kept.verdict
    let asking = this.#open.get(key)
    if (!asking) {
      if (this.#open.size >= MAX_OPEN) return DENY
      asking = this.#decide(ask, question, key).finally(() => this.#open.delete(key))
      this.#open.set(key, asking)
    }
    return asking
  }

  /** A failure is not kept: the next one who asks may have more luck. */
  async #decide(ask: AskHook, question: HookQuestion, key: string): Promise<HookVerdict> {
    try {
      const { allowed, person } = await ask(question)
      const verdict: HookVerdict = allowed ? { verdict: 'allow', ...(person && { person }) } : DENY
      this.#keep(key, verdict)
      return verdict
    } catch (error) {
      this.#complain(error, question.action)
      return DENY
    }
  }

  #keep(key: string, verdict: HookVerdict): void {
    this.#kept.delete(key)
    this.#kept.set(key, { verdict, until: this.#options.clock.monotonic() + KEPT_FOR })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }

  #complain(error: unknown, action: HookAction): void {
    const { clock, logger } = this.#options
    if (clock.monotonic() - this.#complainedAt < COMPLAIN_EVERY) return
    this.#complainedAt = clock.monotonic()
    logger.error({ error, hook: action }, 'the authorisation hook does not answer: nobody is let in')
  }
}
