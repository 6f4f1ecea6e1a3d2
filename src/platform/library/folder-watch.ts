import { type FSWatcher, watch } from 'node:fs'

const MOST = 2000

/** Tells that something changed in one of its folders; not what. */
export class FolderWatch implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #onChange: () => void
  /** Called once, when the system does not let us watch all of them. */
  readonly #onTooMany: () => void
  #isComplete = true

  constructor({ onChange, onTooMany }: { onChange: () => void; onTooMany: () => void }) {
    this.#onChange = onChange
    this.#onTooMany = onTooMany
  }

  /** Any number of times for the same folder. */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return
    if (this.#watchers.size >= MOST) {
      this.#giveUp()
      return
    }
    try {
      const watcher = watch(folder, { persistent: false }, this.#onChange)
      watcher.on('error', () => this.#forget(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      this.#giveUp()
    }
  }

  /** Those that are gone need no watching. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#forget(folder)
  }

  [Symbol.dispose](): void {
    this.keepOnly(new Set())
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }

  #giveUp(): void {
    if (this.#isComplete) this.#onTooMany()
    this.#isComplete = false
  }
}
