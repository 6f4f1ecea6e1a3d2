import type { Broadcast } from '../broadcast.ts'
import { isStored } from '../provision/stored-publisher.ts'
import type { Broadcasts } from '../broadcasts.ts'
import type { Feeds } from '../feeds.ts'
import type { Clock, Logger } from '../ports.ts'
import { Packager } from './packager.ts'
import type { Rendition } from './rendition.ts'

/** What one run of a broadcast is packaged for: LL-HLS, a recording. Each call must return at once. */
export interface PackageListener {
  /** Before its first part. */
  renditionAdded(rendition: Rendition): void
  /** What the publisher sends now; none when its codecs cannot be packaged. */
  renditionsChanged?(renditions: readonly Rendition[]): void
  /** The run is over, and every rendition complete. */
  ended(): void
}

/** Wants to know of every run of every broadcast; undefined when not of this one. */
export type PackageConsumer = (broadcast: Broadcast) => PackageListener | undefined

export type LivePackagesOptions = {
  broadcasts: Pick<Broadcasts, 'on'>
  feeds: Feeds
  /** Has a broadcast's media come into the feeds, until the returned function is called. */
  bring: (broadcastId: string) => () => void
  clock: Clock
  logger: Logger
  partTarget: number
  segmentDuration: number
  targetDuration: number
  consumers: readonly PackageConsumer[]
}

type Run = { readonly packager: Packager; readonly stop: () => void }

/** Packages every broadcast while it runs, once for everybody who wants it packaged. */
export class LivePackages {
  readonly #options: LivePackagesOptions
  readonly #runs = new Map<string, Run>()
  readonly #stopListening: readonly (() => void)[]

  constructor(options: LivePackagesOptions) {
    this.#options = options
    const { broadcasts } = options
    this.#stopListening = [
      broadcasts.on('started', ({ broadcast }) => this.#begin(broadcast)),
      broadcasts.on('ended', ({ broadcast }) => this.#end(broadcast.id)),
      broadcasts.on('removed', ({ broadcast }) => this.#end(broadcast.id)),
    ]
  }

  /** How many broadcasts are packaged now. */
  get size(): number {
    return this.#runs.size
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
    for (const id of [...this.#runs.keys()]) this.#end(id)
  }

  #begin(broadcast: Broadcast): void {
    this.#end(broadcast.id)
    if (broadcast.record.delivery === 'p2p' || isStored(broadcast)) return
    const { consumers, feeds, bring, logger, clock, partTarget, segmentDuration, targetDuration } =
      this.#options
    const listeners = consumers.flatMap((consumer) => consumer(broadcast) ?? [])
    if (listeners.length === 0) return
    const tell = (what: (listener: PackageListener) => void) => {
      for (const listener of listeners)
        try {
          what(listener)
        } catch (error) {
          logger.error({ error, broadcast: broadcast.id }, 'package listener failed')
        }
    }
    const packager = new Packager({
      ...{ clock, partTarget, segmentDuration, targetDuration },
      onRendition: (rendition) => tell((listener) => listener.renditionAdded(rendition)),
      onRenditionsChanged: (renditions) => tell((listener) => listener.renditionsChanged?.(renditions)),
    })
    void packager.closed.then(() => tell((listener) => listener.ended()))
    feeds.ensure(broadcast.id).attach(packager)
    this.#runs.set(broadcast.id, { packager, stop: bring(broadcast.id) })
  }

  #end(broadcastId: string): void {
    const run = this.#runs.get(broadcastId)
    if (!run) return
    this.#runs.delete(broadcastId)
    run.stop()
    void run.packager.close('ended')
  }
}
