import type { Broadcast } from '../broadcast.ts'
import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { ChatAuthor } from './chat-author.ts'
import type { ChatChange, ChatMessage, ChatSanction, RoomRules } from './chat-store.ts'
import { cleanText, lengthOf, MAX_TEXT } from './chat-text.ts'
import { skeletonOf } from './reserved-names.ts'
import { Sanctions } from './sanctions.ts'
import { TalkLimits } from './talk-limits.ts'

/** What a room is like. */
export type ChatState = {
  readonly enabled: boolean
  /** Seconds between two messages of one person; 0 for none. */
  readonly slowMode: number
}

/** What those in a room hear. */
export type ChatEvent =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'reaction'; readonly counts: Readonly<Record<string, number>> }
  | { readonly type: 'deleted'; readonly id: string }
  | { readonly type: 'deleted'; readonly author: string }
  | ({ readonly type: 'state' } & ChatState)
  /** Only told to whom it concerns; null when it is over before its time. */
  | { readonly type: 'muted'; readonly until: number | null }
  | { readonly type: 'banned' }
  /** The broadcast is no more. */
  | { readonly type: 'removed' }

/** Somebody who is in a room now. */
export type ChatListener = { readonly author: ChatAuthor; hear(event: ChatEvent): void }

export type ChatRoomOptions = {
  broadcast: Broadcast
  clock: Clock
  secrets: Pick<Secrets, 'newId'>
  write: (change: ChatChange) => void
}

/** What can be sent as a reaction. */
export const REACTIONS = ['👍', '❤️', '😂', '😮', '👏', '🎉'] as const
export const MAX_SLOW_MODE = 3600
const HISTORY = 100
/** Milliseconds of reactions that are told and stored as one. */
const BURST = 1000
/** Milliseconds after its end for which a broadcast can still be talked about. */
const OPEN_AFTER_END = 30 * 60_000

/** The chat of one broadcast: who is in it, what was said last, and what holds there. */
export class ChatRoom {
  readonly id: string
  readonly #clock: Clock
  readonly #secrets: Pick<Secrets, 'newId'>
  readonly #write: (change: ChatChange) => void
  readonly #listeners = new Set<ChatListener>()
  readonly #limits: TalkLimits
  readonly #sanctions: Sanctions
  #broadcast: Broadcast
  #history: readonly ChatMessage[] = []
  #slowMode = 0
  #told: ChatState
  #lastAt = 0
  #reactions = new Map<string, number>()
  #cancelBurst: (() => void) | undefined

  constructor({ broadcast, clock, secrets, write }: ChatRoomOptions) {
    this.id = broadcast.id
    this.#broadcast = broadcast
    this.#clock = clock
    this.#secrets = secrets
    this.#write = write
    this.#limits = new TalkLimits(clock)
    this.#sanctions = new Sanctions(clock)
    this.#told = this.state
  }

  get state(): ChatState {
    return { enabled: this.#broadcast.record.chat, slowMode: this.#slowMode }
  }

  /** The last messages, oldest first; nothing while the chat is off. */
  get history(): readonly ChatMessage[] {
    return this.state.enabled ? this.#history : []
  }

  /** How many are in it. */
  get size(): number {
    return this.#listeners.size
  }

  /** Nobody is here and nothing is about to be told. */
  get idle(): boolean {
    return this.size === 0 && !this.#cancelBurst
  }

  get sanctions(): readonly ChatSanction[] {
    return this.#sanctions.all()
  }

  /** What the store remembers comes before what was said since. */
  remember(past: readonly ChatMessage[], { slowMode, sanctions }: RoomRules): void {
    const known = new Set(this.#history.map(({ id }) => id))
    const older = past.filter(({ id }) => !known.has(id))
    this.#history = [...older, ...this.#history].toSorted((a, b) => a.at - b.at).slice(-HISTORY)
    this.#lastAt = this.#history.at(-1)?.at ?? 0
    for (const sanction of sanctions) this.#sanctions.add(sanction)
    this.#slowMode ||= slowMode
    this.#tellState()
  }

  /** The broadcast may have been read anew, or its chat switched. */
  update(broadcast: Broadcast): void {
    this.#broadcast = broadcast
    this.#tellState()
  }

  /** Throws `chat-banned`. Returns what to call when they leave. */
  join(listener: ChatListener): () => void {
    this.#sanctions.assertNotBanned(listener.author)
    this.#limits.arrive(listener.author, this.#slowMode)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether a guest of this name would pass for somebody with an account who is here or spoke last. */
  isTaken(name: string): boolean {
    const skeleton = skeletonOf(name)
    const others = [...[...this.#listeners].map(({ author }) => author), ...this.#history]
    return others.some((other) => other.role !== 'guest' && skeletonOf(other.name) === skeleton)
  }

  mutedUntil(author: ChatAuthor): number | null {
    return this.#sanctions.muteOf(author)?.until ?? null
  }

  /** Throws `chat-off`, `chat-banned`, `chat-muted`, `bad-request`, `broadcast-ended` or `too-many-requests`. */
  say(author: ChatAuthor, wanted: string): ChatMessage {
    this.#assertMaySpeak(author)
    if (author.name === '') throw new BroadcastError('bad-request', 'say first what you want to be called')
    const text = cleanText(wanted)
    if (text === '') throw new BroadcastError('bad-request', 'there is nothing in this message')
    if (lengthOf(text) > MAX_TEXT)
      throw new BroadcastError('bad-request', `a message has at most ${MAX_TEXT} characters`)
    this.#limits.speak(author, { slowMode: this.#slowMode, listeners: this.size })
    this.#lastAt = Math.max(this.#clock.now(), this.#lastAt + 1)
    const message = { id: this.#secrets.newId(), broadcastId: this.id, at: this.#lastAt, text, ...author }
    this.#history = [...this.#history, message].slice(-HISTORY)
    this.#write({ type: 'message', message })
    this.#tell({ type: 'message', message })
    return message
  }

  /** Counted, and told to everybody within a second. Beyond the limit it is worth nothing. Throws as `say` does. */
  react(author: ChatAuthor, emoji: string): void {
    this.#assertMaySpeak(author)
    if (!(REACTIONS as readonly string[]).includes(emoji))
      throw new BroadcastError('bad-request', `a reaction is one of ${REACTIONS.join(' ')}`)
    if (!this.#limits.mayReact(author)) return
    this.#reactions.set(emoji, (this.#reactions.get(emoji) ?? 0) + 1)
    this.#cancelBurst ??= this.#clock.after(BURST, () => this.#tellReactions())
  }

  /** Nobody sees it any more, now or later. */
  remove(id: string): void {
    this.#history = this.#history.filter((message) => message.id !== id)
    this.#write({ type: 'message-removed', broadcastId: this.id, id })
    this.#tell({ type: 'deleted', id })
  }

  /** Its author may not speak for a while. Throws `not-allowed` for a host. */
  mute(message: ChatMessage, { seconds, by }: { seconds: number; by: string | null }): ChatSanction {
    const sanction = this.#sanction(message, 'mute', { until: this.#clock.now() + seconds * 1000, by })
    this.#tell({ type: 'muted', until: sanction.until }, ({ author }) => author === sanction.author)
    return sanction
  }

  /** Its author is sent away with all that they said. Throws `not-allowed` for a host. */
  ban(message: ChatMessage, { by }: { by: string | null }): ChatSanction {
    const sanction = this.#sanction(message, 'ban', { until: null, by })
    const { author } = sanction
    this.#history = this.#history.filter((said) => said.author !== author)
    this.#write({ type: 'author-removed', broadcastId: this.id, author })
    this.#tell({ type: 'banned' }, (listener) => this.#sanctions.isBanned(listener))
    this.#tell({ type: 'deleted', author })
    return sanction
  }

  /** Forgives. Whether there was something to forgive. */
  lift(sanctionId: string): boolean {
    const lifted = this.#sanctions.remove(sanctionId)
    if (!lifted) return false
    this.#write({ type: 'sanction-removed', broadcastId: this.id, id: sanctionId })
    if (lifted.kind === 'mute')
      this.#tell({ type: 'muted', until: null }, ({ author }) => author === lifted.author)
    return true
  }

  setSlowMode(seconds: number): void {
    this.#slowMode = seconds
    this.#write({ type: 'slow-mode', broadcastId: this.id, seconds })
    this.#tellState()
  }

  /** Everybody is told that the broadcast is no more. */
  close(): void {
    this.#cancelBurst?.()
    this.#cancelBurst = undefined
    this.#tell({ type: 'removed' })
  }

  #assertMaySpeak(author: ChatAuthor): void {
    const { record } = this.#broadcast
    if (!record.chat) throw new BroadcastError('chat-off', 'the chat of this broadcast is off')
    this.#sanctions.assertNotBanned(author)
    this.#sanctions.assertNotMuted(author)
    if (record.state === 'ended' && this.#clock.now() - (record.endedAt ?? 0) > OPEN_AFTER_END)
      throw new BroadcastError('broadcast-ended', 'this broadcast is over, and so is its chat')
  }

  #sanction(
    { author, address, name, role }: ChatMessage,
    kind: ChatSanction['kind'],
    { until, by }: { until: number | null; by: string | null },
  ): ChatSanction {
    if (role === 'host')
      throw new BroadcastError('not-allowed', 'whoever runs the broadcast can not be silenced')
    const sanction: ChatSanction = {
      ...{ id: this.#secrets.newId(), broadcastId: this.id, kind, author, name, until },
      address: kind === 'ban' && role === 'guest' ? address : null,
      createdAt: this.#clock.now(),
      createdBy: by,
    }
    this.#sanctions.add(sanction)
    this.#write({ type: 'sanction', sanction })
    return sanction
  }

  #tellReactions(): void {
    this.#cancelBurst = undefined
    const counts = Object.fromEntries(this.#reactions)
    this.#reactions = new Map()
    const burst = { id: this.#secrets.newId(), broadcastId: this.id, at: this.#clock.now(), counts }
    this.#write({ type: 'burst', burst })
    this.#tell({ type: 'reaction', counts })
  }

  #tellState(): void {
    const { state } = this
    if (state.enabled === this.#told.enabled && state.slowMode === this.#told.slowMode) return
    this.#told = state
    this.#tell({ type: 'state', ...state })
  }

  #tell(event: ChatEvent, concerns?: (author: ChatAuthor) => boolean): void {
    for (const listener of this.#listeners) if (!concerns || concerns(listener.author)) listener.hear(event)
  }
}
