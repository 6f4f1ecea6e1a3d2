import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import {
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MP4,
} from 'mediabunny'
import type { RenditionJournal } from '../../../core/recording/journal.ts'
import { type Beginning, type Stretch, stretchesOf } from '../../../core/recording/stretches.ts'
import { fragmentsIn, trackDefaultsOf } from '../fragments.ts'
import { mediaName } from '../recording-paths.ts'
import { stretchSource } from './stretch-source.ts'

/** The packets of one stretch, whose first is known already. */
export type OpenStretch = Beginning & {
  readonly period: number
  readonly track: InputVideoTrack | InputAudioTrack
  packets(): AsyncGenerator<EncodedPacket, void, unknown>
}

/** Reads one rendition of a recording packet by packet. */
export class RenditionPackets implements AsyncDisposable {
  readonly journal: RenditionJournal
  readonly #folder: string
  readonly #files = new Map<number, FileHandle>()

  constructor(folder: string, journal: RenditionJournal) {
    this.#folder = folder
    this.journal = journal
  }

  /** How many packets there are at most. */
  async count(): Promise<number> {
    let samples = 0
    for (const stretch of stretchesOf(this.journal)) {
      const file = await this.#fileOf(stretch)
      const head = Buffer.alloc(stretch.initialization.size)
      await file.read(head, 0, head.length, 0)
      const defaults = trackDefaultsOf(head)
      for (const { offset, size } of stretch.extents)
        for await (const fragment of fragmentsIn(file, { from: offset, end: offset + size, defaults }))
          samples += fragment.samples
    }
    return samples
  }

  /** One after the other; each is closed when the next is asked for. */
  async *stretches(): AsyncGenerator<OpenStretch, void, unknown> {
    for (const stretch of stretchesOf(this.journal)) {
      using input = new Input({
        formats: [MP4],
        source: stretchSource(await this.#fileOf(stretch), stretch),
      })
      const [track] =
        this.journal.kind === 'video' ? await input.getVideoTracks() : await input.getAudioTracks()
      if (!track) continue
      const sink = new EncodedPacketSink(track)
      const first = await sink.getFirstPacket()
      if (!first) continue
      const { period, startedAt } = stretch
      yield { period, startedAt, track, timestamp: first.timestamp, packets: () => sink.packets() }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files.values()) await file.close()
    this.#files.clear()
  }

  async #fileOf({ initialization: { file } }: Stretch): Promise<FileHandle> {
    let handle = this.#files.get(file)
    if (!handle) {
      handle = await open(path.join(this.#folder, mediaName(this.journal.id, file)))
      this.#files.set(file, handle)
    }
    return handle
  }
}
