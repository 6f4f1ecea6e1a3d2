import type { Initialization } from '../packaging/rendition.ts'
import type { JournalHeader, RecordedSegment, RenditionJournal } from './journal.ts'
import type { RecordingState } from './recording-store.ts'

/** What a recording says of itself, beside its media: enough to find it again without the database. */
export type RecordingManifest = {
  readonly id: string
  readonly broadcastId: string
  readonly title: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly state: RecordingState
  readonly truncated: boolean
}

/** A recording as it lies in storage. */
export type StoredRecording = {
  readonly manifest: RecordingManifest
  readonly renditions: readonly RenditionJournal[]
}

/** Appends one rendition. One call at a time; after a rejection the media is as it was before the call. */
export interface RenditionWriter {
  /** What has been written so far. */
  readonly journal: RenditionJournal
  /** Begins a segment, and with an initialization of another number a new file. */
  begin(start: NewSegment, initialization: Initialization): Promise<void>
  /** A whole part of `duration` seconds. */
  append(bytes: Buffer, duration: number): Promise<void>
  /** Undefined when nothing was appended since `begin`. */
  end(): Promise<RecordedSegment | undefined>
  /** Between two segments: one that the rendition did not make, of so many seconds. */
  miss(start: NewSegment, duration: number): Promise<void>
  /** Makes sure that it survives a power cut, and lets go of the files. */
  close(): Promise<void>
}

/** What the recorder knows of a segment when it begins. */
export type NewSegment = { readonly number: number; readonly startedAt: number; readonly period: number }

/** Where recordings lie: a folder for each. `no-space` is what rejects for want of room. */
export interface RecordingStorage {
  /** Makes the place of a recording, or overwrites its manifest. */
  save(manifest: RecordingManifest): Promise<void>
  write(id: string, rendition: JournalHeader): Promise<RenditionWriter>
  /** Undefined where there is none, or it cannot be read. */
  manifest(id: string): Promise<RecordingManifest | undefined>
  /** With its journals. */
  read(id: string): Promise<StoredRecording | undefined>
  /**
   * After a crash: cuts off what is torn, completes the journals from the bytes and checks every hash, so that all
   * that is left can be played. The manifest that is returned says whether something was damaged; it is not saved.
   */
  recover(id: string, signal: AbortSignal): Promise<StoredRecording | undefined>
  ids(): Promise<readonly string[]>
  remove(id: string): Promise<void>
  /** Bytes it takes, with all that was made of it. */
  usage(id: string): Promise<number>
  /** Bytes that can still be written. */
  free(): Promise<number>
}
