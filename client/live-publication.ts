import { backOff } from './back-off.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { OutgoingMedia } from './outgoing-media.ts'
import { ProblemError } from './problem-error.ts'
import type { Publication, PublicationState, PublishOptions } from './publication.ts'
import type { PublicationStatistics } from './statistics.ts'
import { type Connection, stayConnected } from './stay-connected.ts'

/** What a door does to a publication. */
export interface PublicationStage {
  readonly media: OutgoingMedia
  /** Media can flow. */
  live(): void
  /** Undefined when what was measured belongs to a connection that is over. */
  measured(statistics: PublicationStatistics | undefined): void
}

/** The way media leaves by. */
export interface PublisherDoor {
  /** Resolves when media can flow. Rejects with the reason to try again or, where it is final, not to. */
  connect(stage: PublicationStage, signal: AbortSignal): Promise<Connection>
  /** Gives the present connection up, if there is one. */
  lose(problem: ProblemError): void
  /** Says goodbye and hangs up; also when the page goes. Any number of times. */
  leave(): Promise<void>
}

/** A publication that goes on through losses, whichever way its media leaves by. */
export class LivePublication implements Publication, PublicationStage {
  readonly media: OutgoingMedia
  readonly #door: PublisherDoor
  readonly #options: PublishOptions
  readonly #lifecycle: Lifecycle<PublicationState>
  readonly #abort = new AbortController()
  #statistics: PublicationStatistics | undefined
  #wasLive = false
  #closing: Promise<void> | undefined

  constructor(door: PublisherDoor, stream: MediaStream, options: PublishOptions) {
    this.media = new OutgoingMedia(stream, options)
    this.#door = door
    this.#options = options
    this.#lifecycle = new Lifecycle<PublicationState>('connecting', options.onState)
    const { signal } = this.#abort
    options.signal?.addEventListener('abort', () => void this.close(), { signal })
    globalThis.addEventListener('pagehide', () => this.#pageHides(), { signal })
    if (options.signal?.aborted) void this.close()
    else void this.#run()
  }

  get state(): PublicationState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  stats(): PublicationStatistics | undefined {
    return this.#statistics
  }

  async replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    if (!(await this.media.replace(kind, track))) this.#connectAnew()
  }

  async setStream(stream: MediaStream): Promise<void> {
    if (!(await this.media.replaceAll(stream))) this.#connectAnew()
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    this.media.setMuted(kind, muted)
  }

  isMuted(kind: 'audio' | 'video'): boolean {
    return this.media.isMuted(kind)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  live(): void {
    this.#wasLive = true
    this.#lifecycle.become('live')
  }

  measured(statistics: PublicationStatistics | undefined): void {
    this.#statistics = statistics
    if (statistics) tell(this.#options.onStatistics, statistics)
  }

  async #close(): Promise<void> {
    this.#abort.abort()
    await this.#door.leave()
    this.media.release()
    this.#lifecycle.finish('ended')
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const problem = await stayConnected({
      signal,
      connect: () => this.#door.connect(this, signal),
      onTrouble: (trouble, attempt) => {
        const retryIn = backOff(attempt, trouble.retryAfter)
        const state = this.#wasLive ? 'reconnecting' : 'connecting'
        this.#lifecycle.become(state, { problem: trouble, retryIn, attempt: attempt + 1 })
        return retryIn
      },
    })
    if (!problem) return // closed from here
    this.#abort.abort()
    await this.#door.leave()
    this.media.release()
    this.#lifecycle.finish(problem.code === 'stopped' ? 'ended' : 'failed', problem)
  }

  #connectAnew(): void {
    this.#door.lose(new ProblemError('media-changed', 'Another kind of media is to be sent.'))
  }

  #pageHides(): void {
    void this.#door.leave()
    this.#door.lose(new ProblemError('page-hidden', 'The page was left.')) // one that is shown again comes back
  }
}
