import type { Broadcast } from '../../core/broadcast.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Clock, CloseReason, Logger } from '../../core/ports.ts'
import { FrameRoom } from './frame-room.ts'
import type { FramePublisher } from './frame-publisher.ts'
import { type FrameCounts, FrameTally } from './frame-tally.ts'
import type { FrameTransport, FrameViewer } from './frame-viewer.ts'

export type FrameRoomsOptions = {
  broadcasts: Pick<Broadcasts, 'on'>
  clock: Clock
  logger: Logger
}

const LOOK_EVERY = 1000

/** The rooms of everybody who sends or watches frames. */
export class FrameRooms {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #rooms = new Map<string, FrameRoom>()
  readonly #onLook = new Set<(now: number) => void>()
  readonly #onPublisher = new Set<(room: FrameRoom, publisher: FramePublisher) => void>()
  readonly #stopListening: readonly (() => void)[]
  /** Of rooms and viewers that are gone. */
  readonly #over = new FrameTally()
  #cancelLook: () => void = () => undefined

  constructor({ broadcasts, clock, logger }: FrameRoomsOptions) {
    this.#clock = clock
    this.#logger = logger
    this.#stopListening = (['ended', 'removed'] as const).map((fact) =>
      broadcasts.on(fact, ({ broadcast }) => this.#ended(broadcast.id)),
    )
    this.#lookLater()
  }

  get size(): number {
    return this.#rooms.size
  }

  /** Since the start. */
  get counts(): FrameCounts {
    const tally = new FrameTally()
    tally.add(this.#over)
    for (const room of this.#rooms.values()) {
      tally.addRoom(room)
      for (const { outlet } of room.viewers) tally.addViewer(outlet)
    }
    return tally
  }

  /** How many there are now. */
  get viewers(): Readonly<Record<FrameTransport, number>> {
    const viewers = { websocket: 0, http: 0 }
    for (const room of this.#rooms.values()) for (const { transport } of room.viewers) viewers[transport]++
    return viewers
  }

  /** Broadcasts whose frames are encoded for other doors now. */
  get encoded(): number {
    let encoded = 0
    for (const { publisher } of this.#rooms.values()) if (publisher?.encoded) encoded++
    return encoded
  }

  get(broadcastId: string): FrameRoom | undefined {
    return this.#rooms.get(broadcastId)
  }

  /** Called about once a second, until the returned function is called. */
  onLook(listener: (now: number) => void): () => void {
    this.#onLook.add(listener)
    return () => this.#onLook.delete(listener)
  }

  /** Called for each publisher that comes in, before its first frame. */
  onPublisher(listener: (room: FrameRoom, publisher: FramePublisher) => void): () => void {
    this.#onPublisher.add(listener)
    return () => this.#onPublisher.delete(listener)
  }

  /** The publisher takes its place, until it is closed. Throws `broadcast-taken`. */
  publish(broadcast: Broadcast, publisher: FramePublisher): void {
    const room = this.#ensure(broadcast)
    try {
      publisher.enter(room)
    } catch (error) {
      this.#forgetIdle(room)
      throw error
    }
    room.publisher = publisher
    for (const listener of this.#onPublisher) listener(room, publisher)
    void publisher.closed.then(() => {
      if (room.publisher === publisher) room.publisher = undefined
      this.#forgetIdle(room)
    })
  }

  /** It receives, and counts as a viewer, until it is closed. */
  watch(broadcast: Broadcast, viewer: FrameViewer): void {
    const room = this.#ensure(broadcast)
    const { outlet } = viewer
    room.viewers.add(viewer)
    room.add(outlet, this.#clock.monotonic())
    broadcast.addViewer(viewer)
    room.publisher?.viewerCame()
    void viewer.closed.then(() => {
      room.viewers.delete(viewer)
      room.remove(outlet)
      this.#over.addViewer(outlet)
      this.#forgetIdle(room)
    })
  }

  /** Those who watch over HTTP go with the server; WebSockets are told by their own route. */
  closeViewers(reason: CloseReason): void {
    for (const { viewers } of this.#rooms.values()) for (const viewer of viewers) void viewer.close(reason)
  }

  /** Looks after nobody any more; whoever is inside is closed by the doors. */
  close(): void {
    for (const stop of this.#stopListening) stop()
    this.#cancelLook()
  }

  #ensure(broadcast: Broadcast): FrameRoom {
    let room = this.#rooms.get(broadcast.id)
    if (!room) this.#rooms.set(broadcast.id, (room = new FrameRoom(broadcast)))
    return room
  }

  #ended(broadcastId: string): void {
    const room = this.#rooms.get(broadcastId)
    if (!room) return
    room.forget()
    this.#forgetIdle(room)
  }

  #forgetIdle(room: FrameRoom): void {
    if (!room.isIdle || this.#rooms.get(room.broadcast.id) !== room) return
    this.#rooms.delete(room.broadcast.id)
    this.#over.addRoom(room)
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_EVERY, () => {
      const now = this.#clock.monotonic()
      for (const room of this.#rooms.values()) {
        room.publisher?.look(now)
        for (const viewer of room.viewers) if (viewer.outlet.isStalled(now)) void viewer.close('overload')
      }
      for (const listener of this.#onLook) {
        try {
          listener(now)
        } catch (error) {
          this.#logger.error({ error }, 'a look at the frames failed')
        }
      }
      this.#lookLater()
    })
  }
}
