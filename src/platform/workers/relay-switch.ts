import { channelOf, FRAME, kindOf } from './relay-frame.ts'
import type { WorkerProcess } from './worker-process.ts'

type Route = { readonly channel: number; origin: WorkerProcess; readonly targets: Set<WorkerProcess> }

/** Brings a broadcast's media from the worker of its publisher to every other worker that has viewers of it, once. */
export class RelaySwitch {
  readonly #routes = new Map<string, Route>()
  readonly #byChannel = new Map<number, Route>()
  #lastChannel = 0

  /** The route of a broadcast becomes what is given; nothing is sent where nobody watches. */
  async route(
    broadcastId: string,
    origin: WorkerProcess | undefined,
    targets: ReadonlySet<WorkerProcess>,
  ): Promise<void> {
    const existing = this.#routes.get(broadcastId)
    if (existing && existing.origin === origin && sameSet(existing.targets, targets)) return
    if (existing) await this.#end(broadcastId, existing)
    if (origin === undefined || targets.size === 0) return
    const channel = ++this.#lastChannel
    const route: Route = { channel, origin, targets: new Set(targets) }
    this.#routes.set(broadcastId, route)
    this.#byChannel.set(channel, route)
    await Promise.all([...targets].map((target) => target.host.call('importFeed', broadcastId, channel)))
    await origin.host.call('exportFeed', broadcastId, channel)
  }

  /** Hot path: bytes are passed on unread. */
  onFrame(from: WorkerProcess, frame: Buffer): void {
    const route = this.#byChannel.get(channelOf(frame))
    if (!route) return
    if (kindOf(frame) === FRAME.keyFrameWanted) route.origin.link.pass(frame)
    else if (from === route.origin) for (const target of route.targets) target.link.pass(frame)
  }

  async #end(broadcastId: string, route: Route): Promise<void> {
    this.#routes.delete(broadcastId)
    try {
      await route.origin.host.call('stopExport', route.channel)
    } catch {
      // the worker is gone, and its export with it
    } finally {
      this.#byChannel.delete(route.channel)
    }
  }
}

const sameSet = <Item>(a: ReadonlySet<Item>, b: ReadonlySet<Item>) =>
  a.size === b.size && [...a].every((item) => b.has(item))
