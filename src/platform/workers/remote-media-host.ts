import { Emitter } from '../../core/emitter.ts'
import { BroadcastError } from '../../core/errors.ts'
import type {
  LayerSelection,
  MediaHost,
  MediaHostEvents,
  PublishRequest,
  SessionAnswer,
  WatchRequest,
} from '../../core/media-host.ts'
import type { CloseReason, Logger } from '../../core/ports.ts'
import type { FromWorker, HostMethod, MessagePort, RelayMethod, ToWorker } from './worker-messages.ts'

type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }

export type RemoteMediaHostOptions = {
  id: string
  port: MessagePort<ToWorker, FromWorker>
  /** Milliseconds until a call counts as failed. */
  callTimeout: number
  logger: Logger
}

/** A media host in another process. */
export class RemoteMediaHost implements MediaHost {
  readonly id: string
  readonly #port: MessagePort<ToWorker, FromWorker>
  readonly #callTimeout: number
  readonly #events: Emitter<MediaHostEvents>
  readonly #pending = new Map<number, Pending>()
  /** What to do when a call that was given up is answered after all. */
  readonly #late = new Map<number, () => void>()
  #lastCall = 0
  #lost = false

  constructor({ id, port, callTimeout, logger }: RemoteMediaHostOptions) {
    this.id = id
    this.#port = port
    this.#callTimeout = callTimeout
    this.#events = new Emitter((error) => logger.error({ error, host: id }, 'media host listener failed'))
    port.onMessage((message) => this.#onMessage(message))
  }

  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  publish(request: PublishRequest): Promise<SessionAnswer> {
    return this.#establish('publish', request)
  }

  watch(request: WatchRequest): Promise<SessionAnswer> {
    return this.#establish('watch', request)
  }

  async addCandidates(sessionId: string, candidates: readonly string[]): Promise<void> {
    await this.call('addCandidates', sessionId, candidates)
  }

  async selectLayer(sessionId: string, selection: LayerSelection): Promise<void> {
    await this.call('selectLayer', sessionId, selection)
  }

  async setClockOffset(sessionId: string, offset: number): Promise<void> {
    await this.call('setClockOffset', sessionId, offset)
  }

  async closeSession(sessionId: string, reason: CloseReason): Promise<void> {
    await this.call('closeSession', sessionId, reason)
  }

  async closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void> {
    await this.call('closeBroadcast', broadcastId, reason)
  }

  /** Rejects with the worker's own error, or with `overloaded` when it does not answer or is gone. */
  call(method: HostMethod | RelayMethod, ...args: readonly unknown[]): Promise<unknown> {
    return this.#ask(method, args)
  }

  /** The process is gone: what was asked of it fails. */
  lost(): void {
    this.#lost = true
    for (const id of [...this.#pending.keys()]) this.#settle(id, ({ reject }) => reject(gone()))
  }

  /** A session that is answered when nobody waits for it any more is closed. */
  #establish(method: 'publish' | 'watch', request: PublishRequest | WatchRequest): Promise<SessionAnswer> {
    const onLateAnswer = () => {
      this.closeSession(request.sessionId, 'failed').catch(() => undefined)
    }
    return this.#ask(method, [request], onLateAnswer) as Promise<SessionAnswer>
  }

  #ask(
    method: HostMethod | RelayMethod,
    args: readonly unknown[],
    onLateAnswer?: () => void,
  ): Promise<unknown> {
    if (this.#lost) return Promise.reject(gone())
    const id = ++this.#lastCall
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id, ({ reject: fail }) => fail(gone()))
        if (onLateAnswer) this.#late.set(id, onLateAnswer)
      }, this.#callTimeout).unref()
      this.#pending.set(id, { resolve, reject, timer })
      this.#port.send({ kind: 'call', id, method, args })
    })
  }

  #onMessage(message: FromWorker): void {
    if (message.kind === 'facts') for (const { name, fact } of message.facts) this.#events.emit(name, fact)
    else if (message.kind === 'result') {
      this.#settle(message.id, ({ resolve }) => resolve(message.value))
      this.#late.get(message.id)?.()
      this.#late.delete(message.id)
    } else if (message.kind === 'failure') {
      this.#late.delete(message.id)
      const { code, message: text, retryAfter } = message
      const error = code
        ? new BroadcastError(code, text, retryAfter === undefined ? {} : { retryAfter })
        : new Error(text)
      this.#settle(message.id, ({ reject }) => reject(error))
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    how(pending)
  }
}

function gone(): BroadcastError {
  return new BroadcastError('overloaded', 'the media worker does not answer', { retryAfter: 2 })
}
