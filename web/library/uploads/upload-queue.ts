export type UploadState = 'waiting' | 'running' | 'paused' | 'done' | 'failed'

/** One upload, as it is shown. Never changed: a change is another row. */
export type UploadRow = {
  readonly key: number
  readonly name: string
  readonly size: number
  /** Bytes. */
  readonly sent: number
  /** Bytes per second, once it is known. */
  readonly rate: number | undefined
  readonly state: UploadState
  /** Why it failed. */
  readonly problem: string | undefined
  /** Nothing was sent, and nothing will be. */
  readonly isRefused: boolean
  /** Where it is in the library. */
  readonly item: string | undefined
}

/** What brings one file to the server. */
export interface Transfer {
  /** Begins, or goes on from where it was. */
  start(): void
  pause(): void
  /** The server forgets what it has of it. */
  cancel(): void
}

export type TransferListeners = {
  onProgress(sent: number): void
  onDone(item: string | undefined): void
  onFailed(problem: string): void
}

export type OpenTransfer = (file: File, listeners: TransferListeners) => Transfer

type Upload = {
  row: UploadRow
  transfer: Transfer | undefined
  measured: { at: number; sent: number } | undefined
}

const AT_ONCE = 2
/** Of the newest measurement; the rest is what was known before. */
const WEIGHT = 0.3

/** Uploads of this page, two at a time; they go on while other pages are looked at. */
export class UploadQueue {
  readonly #open: OpenTransfer
  readonly #now: () => number
  readonly #uploads = new Map<number, Upload>()
  readonly #listeners = new Set<() => void>()
  #rows: readonly UploadRow[] = []
  #nextKey = 1

  constructor({ open, now = () => performance.now() }: { open: OpenTransfer; now?: () => number }) {
    this.#open = open
    this.#now = now
  }

  /** The same array until something changes. */
  readonly rows = (): readonly UploadRow[] => this.#rows

  /** Returns a function that stops listening. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Those that are refused are shown with the reason. */
  add(files: Iterable<File>, refusalOf: (file: File) => string | undefined): void {
    for (const file of files) {
      const key = this.#nextKey++
      const problem = refusalOf(file)
      const isRefused = problem !== undefined
      const upload: Upload = {
        row: {
          ...{ key, name: file.name, size: file.size, sent: 0, problem, isRefused },
          ...{ state: isRefused ? 'failed' : 'waiting', rate: undefined, item: undefined },
        },
        transfer: undefined,
        measured: undefined,
      }
      this.#uploads.set(key, upload)
      if (!isRefused)
        upload.transfer = this.#open(file, {
          onProgress: (sent) => this.#progressed(key, sent),
          onDone: (item) => this.#ended(key, { state: 'done', item, sent: file.size }),
          onFailed: (text) => this.#ended(key, { state: 'failed', problem: text }),
        })
    }
    this.#goOn()
  }

  pause(key: number): void {
    const upload = this.#uploads.get(key)
    if (upload?.row.state === 'running') upload.transfer?.pause()
    if (upload?.row.state === 'running' || upload?.row.state === 'waiting')
      this.#change(key, { state: 'paused' })
    this.#goOn()
  }

  /** What was paused, or has failed on the way. */
  resume(key: number): void {
    const upload = this.#uploads.get(key)
    if (!upload || upload.row.isRefused || upload.row.state === 'done') return
    if (upload.row.state !== 'running') this.#change(key, { state: 'waiting', problem: undefined })
    this.#goOn()
  }

  /** Ends it wherever it is, and takes it off the list. */
  remove(key: number): void {
    const upload = this.#uploads.get(key)
    if (upload && upload.row.state !== 'done') upload.transfer?.cancel()
    this.#uploads.delete(key)
    this.#goOn()
  }

  /** Takes off the list what is done or refused; what can be continued stays. */
  clear(): void {
    for (const [key, { row }] of this.#uploads)
      if (row.state === 'done' || row.isRefused) this.#uploads.delete(key)
    this.#tell()
  }

  #goOn(): void {
    const running = [...this.#uploads.values()].filter(({ row }) => row.state === 'running').length
    const waiting = [...this.#uploads.values()].filter(({ row }) => row.state === 'waiting')
    for (const upload of waiting.slice(0, Math.max(0, AT_ONCE - running))) {
      upload.measured = undefined
      upload.row = { ...upload.row, state: 'running', rate: undefined }
      upload.transfer?.start()
    }
    this.#tell()
  }

  #progressed(key: number, sent: number): void {
    const upload = this.#uploads.get(key)
    if (upload?.row.state !== 'running') return
    const now = this.#now()
    const { measured } = upload
    let { rate } = upload.row
    if (!measured) upload.measured = { at: now, sent }
    else if (now - measured.at >= 500) {
      const latest = ((sent - measured.sent) / (now - measured.at)) * 1000
      rate = rate === undefined ? latest : rate + WEIGHT * (latest - rate)
      upload.measured = { at: now, sent }
    }
    this.#change(key, { sent, rate })
  }

  #ended(key: number, end: Partial<UploadRow>): void {
    if (!this.#uploads.has(key)) return
    this.#change(key, { rate: undefined, ...end })
    this.#goOn()
  }

  #change(key: number, change: Partial<UploadRow>): void {
    const upload = this.#uploads.get(key)
    if (upload) upload.row = { ...upload.row, ...change }
    this.#tell()
  }

  #tell(): void {
    this.#rows = [...this.#uploads.values()].map(({ row }) => row)
    for (const listener of this.#listeners) listener()
  }
}
