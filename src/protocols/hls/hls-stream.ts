import type { PackageListener } from '../../core/packaging/live-packages.ts'
import type { Rendition } from '../../core/packaging/rendition.ts'
import type { Archive } from './archive.ts'
import { mediaPlaylist, type PlaylistRules } from './media-playlist.ts'
import { multivariantPlaylist } from './multivariant-playlist.ts'
import { RenditionWindow } from './rendition-window.ts'

export type HlsStreamOptions = PlaylistRules & {
  /** Seconds of DVR; Infinity with an archive of all of it. */
  readonly window: number
  /** Seconds in memory. */
  readonly inMemory: number
  readonly archive: Archive | undefined
  readonly onEnded: () => void
}

/** Seconds after the first part that a rendition without any is waited for. */
const FIRST_PARTS_WITHIN = 1.5

type Written = { version: number; reports: number; full: string | undefined; delta: string | undefined }

/** One run of a broadcast, as HLS shows it. */
export class HlsStream implements PackageListener {
  readonly run: string
  readonly #options: HlsStreamOptions
  readonly #windows = new Map<string, RenditionWindow>()
  readonly #written = new Map<RenditionWindow, Written>()
  #current: readonly RenditionWindow[] = []
  #waiting = new Set<() => void>()
  #isOver = false
  /** False once its publisher sends what HLS cannot carry. */
  isPossible = true

  constructor(options: HlsStreamOptions) {
    this.#options = options
    this.run = options.run
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get targetDuration(): number {
    return this.#options.targetDuration
  }

  /** Whether a player can begin: every rendition has something, or had the time to. */
  get isReady(): boolean {
    const withParts = this.#playable
    if (withParts.length === 0) return false
    if (withParts.length === this.#current.length) return true
    return withParts.some(({ rendition, latest }) => {
      const hasVideo = this.#current.some(({ rendition: { kind } }) => kind === 'video')
      const isMain = rendition.kind === 'video' || !hasVideo
      return isMain && ((latest?.number ?? 0) > 0 || (latest?.duration ?? 0) > FIRST_PARTS_WITHIN)
    })
  }

  window(renditionId: string): RenditionWindow | undefined {
    return this.#windows.get(renditionId)
  }

  renditionAdded(rendition: Rendition): void {
    const { window, inMemory, targetDuration, archive } = this.#options
    const spans = { listed: window, held: window * 2 + targetDuration, inMemory }
    const renditionWindow = new RenditionWindow(rendition, spans, archive)
    this.#windows.set(rendition.id, renditionWindow)
    this.#watchForReadiness(renditionWindow)
  }

  renditionsChanged(renditions: readonly Rendition[]): void {
    this.isPossible = renditions.length > 0
    this.#current = renditions.flatMap(({ id }) => this.#windows.get(id) ?? [])
    this.#tell()
  }

  ended(): void {
    this.#isOver = true
    for (const window of this.#windows.values()) window.finish()
    this.#tell()
    this.#options.onEnded()
  }

  multivariant(query: string): string {
    return multivariantPlaylist(this.#playable, query)
  }

  /** Written once for each change, however many ask. */
  playlist(window: RenditionWindow, skip: boolean): string {
    const others = this.#playable.filter((other) => other !== window)
    const reports = others.reduce((sum, { version }) => sum + version, 0)
    let written = this.#written.get(window)
    if (written?.version !== window.version || written.reports !== reports) {
      written = { version: window.version, reports, full: undefined, delta: undefined }
      this.#written.set(window, written)
    }
    if (skip && !window.isOver) return (written.delta ??= mediaPlaylist(window, others, this.#options, true))
    return (written.full ??= mediaPlaylist(window, others, this.#options, false))
  }

  /** Calls once after the next change of what `isReady` looks at. */
  wait(onChange: () => void): () => void {
    this.#waiting.add(onChange)
    return () => this.#waiting.delete(onChange)
  }

  get #playable(): readonly RenditionWindow[] {
    return this.#current.filter(({ latest }) => latest !== undefined && latest.parts.length > 0)
  }

  #watchForReadiness(window: RenditionWindow): void {
    window.wait(() => {
      this.#tell()
      if (!this.isReady) this.#watchForReadiness(window)
    })
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const onChange of waiting) onChange()
  }
}
