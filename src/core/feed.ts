import type { CloseReason } from './ports.ts'
import type { Layer } from './layer.ts'
import { Track } from './track.ts'
import type { TrackInfo } from './track-info.ts'

/** Anything that takes media out of a feed: a WHEP peer, a packager, a recorder, a relay to another process. */
export interface Sink {
  /**
   * Called when the sink is attached, and whenever the publisher's tracks are new. The sink subscribes to the
   * layers it wants; layers of earlier tracks never speak again.
   */
  tracksChanged(tracks: readonly Track[]): void
  close(reason: CloseReason): Promise<void>
  /** Settles when the sink is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<CloseReason>
}

/** What a feed asks of whoever writes to it. */
export interface Source {
  requestKeyFrame(layer: Layer): void
}

/**
 * The media of one broadcast inside one process: its tracks, one source that writes them, any number of sinks
 * that read them. It outlives its sources: sinks stay while a publisher reconnects.
 */
export class Feed {
  readonly broadcastId: string
  #tracks: readonly Track[] = []
  #sinks: readonly Sink[] = []
  #source: Source | undefined
  #closing: Promise<void> | undefined
  readonly #onIdle: (feed: Feed) => void

  /** `onIdle` is called when the last of source and sinks has gone. */
  constructor(broadcastId: string, onIdle: (feed: Feed) => void = () => undefined) {
    this.broadcastId = broadcastId
    this.#onIdle = onIdle
  }

  get tracks(): readonly Track[] {
    return this.#tracks
  }

  get sinks(): readonly Sink[] {
    return this.#sinks
  }

  get source(): Source | undefined {
    return this.#source
  }

  /** A publisher takes over with these tracks; its writes go to the tracks that are returned. */
  publish(source: Source, infos: readonly TrackInfo[]): readonly Track[] {
    this.#source = source
    this.#tracks = infos.map((info) => new Track(info, (layer) => this.#keyFrameWanted(layer)))
    for (const sink of this.#sinks) sink.tracksChanged(this.#tracks)
    return this.#tracks
  }

  /** The source is gone. Its tracks stay, so that sinks know what to expect from the next one. */
  unpublish(source: Source): void {
    if (this.#source !== source) return
    this.#source = undefined
    this.#checkIdle()
  }

  /** From here on the feed owns the sink: it closes it, and forgets it once it is closed. */
  attach(sink: Sink): void {
    if (this.#closing) {
      void sink.close('ended')
      return
    }
    this.#sinks = [...this.#sinks, sink]
    void sink.closed.then(() => {
      this.#sinks = this.#sinks.filter((other) => other !== sink)
      this.#checkIdle()
    })
    if (this.#tracks.length > 0) sink.tracksChanged(this.#tracks)
  }

  /** Safe to call more than once; every call waits for the same shutdown. */
  close(reason: CloseReason): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  async #close(reason: CloseReason): Promise<void> {
    this.#source = undefined
    await Promise.allSettled(this.#sinks.map((sink) => sink.close(reason)))
  }

  #checkIdle(): void {
    if (!this.#source && this.#sinks.length === 0) this.#onIdle(this)
  }

  #keyFrameWanted(layer: Layer): void {
    this.#source?.requestKeyFrame(layer)
  }
}
