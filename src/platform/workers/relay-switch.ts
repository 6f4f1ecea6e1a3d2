import type { Logger } from '../../core/ports.ts'
import { channelOf, FRAME, FRAME_HEADER, kindOf, writeFrameHeader } from './relay-frame.ts'

/** A process that a relay can begin or end in, as the main process sees it: a worker, or itself. */
export interface RelayEndpoint {
  readonly id: string
  /** Expects the broadcast's media on a channel from now on. */
  importFeed(broadcastId: string, channel: number): Promise<void>
  /** Sends the broadcast's media on a channel from now on. */
  exportFeed(broadcastId: string, channel: number): Promise<void>
  stopExport(channel: number): Promise<void>
  /** Takes a frame; it is used up during the call. */
  deliver(frame: Buffer): void
}

type Route = {
  readonly broadcastId: string
  readonly channel: number
  readonly origin: RelayEndpoint
  readonly target: RelayEndpoint
}
type Wish = { readonly origin: RelayEndpoint | undefined; readonly targets: ReadonlySet<RelayEndpoint> }

/** Brings a broadcast's media from the process of its publisher to every other one that has viewers of it, once each. */
export class RelaySwitch {
  readonly #logger: Logger
  readonly #wishes = new Map<string, Wish>()
  readonly #fulfilling = new Map<string, Promise<void>>()
  readonly #routes = new Map<number, Route>()
  #lastChannel = 0

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Routes of all broadcasts. */
  get size(): number {
    return this.#routes.size
  }

  /**
   * A broadcast's routes become what is given; those that stay are not touched. One change after the other for each
   * broadcast; when several are wished meanwhile, the latest counts. Resolves when it is so, and never rejects.
   */
  route(
    broadcastId: string,
    origin: RelayEndpoint | undefined,
    targets: ReadonlySet<RelayEndpoint>,
  ): Promise<void> {
    this.#wishes.set(broadcastId, { origin, targets: new Set(targets) })
    let fulfilling = this.#fulfilling.get(broadcastId)
    if (!fulfilling) {
      fulfilling = this.#fulfil(broadcastId)
      this.#fulfilling.set(broadcastId, fulfilling)
    }
    return fulfilling
  }

  /** Hot path: bytes are passed on unread. */
  onFrame(from: RelayEndpoint, frame: Buffer): void {
    const route = this.#routes.get(channelOf(frame))
    if (!route) return
    const kind = kindOf(frame)
    if (kind === FRAME.keyFrameWanted) {
      if (from === route.target) route.origin.deliver(frame)
      return
    }
    if (from !== route.origin) return
    route.target.deliver(frame)
    if (kind === FRAME.ended) this.#endedAtOrigin(route)
  }

  async #fulfil(broadcastId: string): Promise<void> {
    let done: Wish | undefined
    for (;;) {
      const wish = this.#wishes.get(broadcastId)
      if (!wish || wish === done) break
      await this.#change(broadcastId, wish)
      done = wish
    }
    this.#fulfilling.delete(broadcastId)
    if (!done?.origin || done.targets.size === 0) this.#wishes.delete(broadcastId)
  }

  async #change(broadcastId: string, { origin, targets }: Wish): Promise<void> {
    const changes: Promise<void>[] = []
    const served = new Set<RelayEndpoint | undefined>([origin])
    for (const route of this.#routes.values()) {
      if (route.broadcastId !== broadcastId) continue
      if (route.origin === origin && targets.has(route.target)) served.add(route.target)
      else changes.push(this.#end(route))
    }
    if (origin)
      for (const target of targets)
        if (!served.has(target)) changes.push(this.#begin({ broadcastId, origin, target }))
    await Promise.all(changes)
  }

  async #begin(ends: Omit<Route, 'channel'>): Promise<void> {
    const channel = ++this.#lastChannel
    const route: Route = { ...ends, channel }
    const { broadcastId, origin, target } = route
    this.#routes.set(channel, route)
    try {
      await target.importFeed(broadcastId, channel)
      await origin.exportFeed(broadcastId, channel)
    } catch (error) {
      this.#logger.warn(
        { error, broadcast: broadcastId, from: origin.id, to: target.id },
        'broadcast not relayed',
      )
      await this.#end(route)
    }
  }

  /** The target is told by us: the origin may be gone. */
  async #end({ channel, origin, target }: Route): Promise<void> {
    if (!this.#routes.delete(channel)) return
    const ended = Buffer.alloc(FRAME_HEADER)
    writeFrameHeader(ended, 0, FRAME.ended, channel, 0)
    target.deliver(ended)
    await origin.stopExport(channel).catch((error: unknown) => {
      this.#logger.debug({ error, from: origin.id }, 'relay ended with its origin')
    })
  }

  /** The origin's feed was closed, but a new one may be wanted there already. */
  #endedAtOrigin({ broadcastId, channel }: Route): void {
    this.#routes.delete(channel)
    const wish = this.#wishes.get(broadcastId)
    if (wish) void this.route(broadcastId, wish.origin, wish.targets)
  }
}
