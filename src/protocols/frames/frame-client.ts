import type { Broadcast } from '../../core/broadcast.ts'
import type { Grant } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { CLOSE } from '../close-codes.ts'
import type { Frame } from './frame.ts'
import { assertSendsFrames } from './sends-frames.ts'
import type { FrameConnection } from './frame-connection.ts'
import { type FrameRole, parseFrameMessage } from './frame-messages.ts'
import type { FrameLimit } from './frame-pace.ts'
import { FramePublisher } from './frame-publisher.ts'
import type { FrameRooms } from './frame-rooms.ts'
import type { StateSource } from './frames-route.ts'
import { FrameViewer } from './frame-viewer.ts'

/** Who wants to come in. */
export type Joining = { readonly role: FrameRole; readonly token?: string }

export type FrameClientOptions = {
  connection: FrameConnection
  address: string
  rooms: FrameRooms
  clock: Clock
  announcer: StateSource
  newId: () => string
  /** The right to be here. */
  enter: (joining: Joining) => Promise<Grant>
}

/** Milliseconds after which one that missed the frame that tells the time is told with another. */
const TELL_CLOCK_AFTER = 2000

type Place =
  | { readonly is: 'outside' }
  /** The newest frame and limit that came meanwhile. */
  | { readonly is: 'joining'; frame?: Buffer; limit?: FrameLimit }
  | { readonly is: 'publisher'; readonly publisher: FramePublisher }
  | { readonly is: 'viewer'; readonly viewer: FrameViewer }

/** What one client of the frames door says, and what becomes of it. */
export class FrameClient {
  readonly #options: FrameClientOptions
  #place: Place = { is: 'outside' }
  #toldClockFrom = -Infinity

  constructor(options: FrameClientOptions) {
    this.#options = options
  }

  get hasJoined(): boolean {
    return this.#place.is === 'publisher' || this.#place.is === 'viewer'
  }

  async heard(text: string): Promise<void> {
    const message = parseFrameMessage(text)
    const place = this.#place
    if (message.type === 'join') {
      if (place.is !== 'outside')
        throw new BroadcastError('not-allowed', 'this connection has joined already, as what it is')
      await this.#join(message)
    } else if (message.type === 'clock') {
      if (place.is === 'publisher') place.publisher.captured(message.capturedAt)
    } else if (place.is === 'viewer') place.viewer.outlet.limit(message)
    else if (place.is === 'joining') place.limit = message
    else throw new BroadcastError('bad-request', 'only a viewer limits what it gets')
  }

  /** Hot path, once it has joined. Whoever begins with a frame publishes. */
  received(jpeg: Buffer): void | Promise<void> {
    const place = this.#place
    switch (place.is) {
      case 'publisher':
        place.publisher.receive(jpeg)
        return
      case 'viewer':
        throw new BroadcastError('not-allowed', 'a viewer sends no frames')
      case 'joining':
        place.frame = jpeg
        return
      case 'outside':
        return this.#join({ role: 'publisher' }, jpeg)
    }
  }

  /** Sends more than any camera. */
  flooded(): void {
    if (this.#place.is === 'publisher') this.#place.publisher.flooded()
  }

  /** Any refusal of a join ends the connection. */
  async #join(joining: Joining, frame?: Buffer): Promise<void> {
    const { connection, enter } = this.#options
    const place: Extract<Place, { is: 'joining' }> = { is: 'joining', ...(frame && { frame }) }
    this.#place = place
    try {
      const { broadcast } = await enter(joining)
      if (!connection.open) return
      if (joining.role === 'publisher') this.#publish(broadcast, place.frame)
      else this.#watch(broadcast, place.limit)
    } catch (error) {
      connection.fail(error, CLOSE.policy)
    }
  }

  #publish(broadcast: Broadcast, frame: Buffer | undefined): void {
    const { connection, address, rooms, clock, newId } = this.#options
    const publisher = new FramePublisher({
      ...{ id: newId(), address, broadcast, clock },
      tell: (pace) => connection.send(pace),
      hangUp: (reason) => connection.closeFor(reason),
    })
    rooms.publish(broadcast, publisher)
    this.#place = { is: 'publisher', publisher }
    void connection.closed.then(() => publisher.gone('ended'))
    this.#welcome(publisher.id, 'publisher', broadcast)
    if (frame) publisher.receive(frame)
  }

  #watch(broadcast: Broadcast, limit: FrameLimit | undefined): void {
    const { connection, address, rooms, clock, newId } = this.#options
    assertSendsFrames(broadcast)
    const viewer = new FrameViewer({
      ...{ id: newId(), address, clock, transport: 'websocket' },
      write: (frame, written) => connection.write(this.#messagesOf(frame), written),
      hangUp: (reason) => connection.closeFor(reason),
    })
    if (limit) viewer.outlet.limit(limit)
    this.#place = { is: 'viewer', viewer }
    void connection.closed.then(() => viewer.gone('ended'))
    this.#welcome(viewer.id, 'viewer', broadcast)
    rooms.watch(broadcast, viewer)
    const stopLooking = rooms.onLook(() => {
      try {
        assertSendsFrames(broadcast) // it may have begun through another door since
      } catch (error) {
        connection.fail(error, CLOSE.policy)
      }
    })
    void connection.closed.then(stopLooking)
  }

  /** Now and then with its time. Hot path. */
  #messagesOf(frame: Frame): Buffer {
    const ago = frame.receivedAt - this.#toldClockFrom
    if (!frame.tellsTime && ago < TELL_CLOCK_AFTER) return frame.message
    this.#toldClockFrom = frame.receivedAt
    return frame.timedMessage
  }

  /** State and viewers now and whenever they change. Its end is the end of the connection. */
  #welcome(peerId: string, role: FrameRole, broadcast: Broadcast): void {
    const { connection, announcer } = this.#options
    let last = broadcast.state
    connection.send({ type: 'welcome', peerId, role, state: last })
    connection.send({ type: 'state', state: last, viewers: broadcast.viewers })
    const stopListening = announcer.listen(broadcast, ({ state, viewers }) => {
      connection.send({ type: 'state', state, viewers })
      if (state === 'ended' && last !== 'ended') connection.close(CLOSE.ended)
      last = state
    })
    void connection.closed.then(stopListening)
  }
}
