/** What the worker runs; [picture, quality] in, a Blob out, or null where that failed. */
const WORK = `
const canvas = new OffscreenCanvas(1, 1)
const context = canvas.getContext('bitmaprenderer')
onmessage = async ({ data: [picture, quality] }) => {
  try {
    canvas.width = picture.width
    canvas.height = picture.height
    context.transferFromImageBitmap(picture)
    postMessage(await canvas.convertToBlob({ type: 'image/jpeg', quality }))
  } catch {
    postMessage(null)
  }
}
postMessage('ready')`

/**
 * Makes JPEGs of a canvas: in a worker where there are any, for in a page that is hidden browsers take a second for
 * each. One at a time.
 */
export class JpegEncoder implements Disposable {
  readonly #url = URL.createObjectURL(new Blob([WORK], { type: 'text/javascript' }))
  readonly #worker = newWorker(this.#url)
  #isReady = false
  #done: ((jpeg: Blob | null) => void) | undefined

  constructor() {
    this.#worker?.addEventListener('message', ({ data }: MessageEvent<Blob | 'ready' | null>) => {
      if (data === 'ready') this.#isReady = true
      else {
        this.#isReady = data !== null // it would fail again
        this.#finish(data)
      }
    })
  }

  /** `quality` from 0 to 1. Null where there is no JPEG of it. Never rejects. */
  encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
    const encoded = new Promise<Blob | null>((resolve) => (this.#done = resolve))
    if (this.#worker && this.#isReady) void this.#pass(this.#worker, canvas, quality)
    else canvas.toBlob((jpeg) => this.#finish(jpeg), 'image/jpeg', quality)
    return encoded
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate()
    URL.revokeObjectURL(this.#url)
    this.#finish(null)
  }

  async #pass(worker: Worker, canvas: HTMLCanvasElement, quality: number): Promise<void> {
    try {
      const picture = await createImageBitmap(canvas)
      worker.postMessage([picture, quality], [picture])
    } catch {
      this.#finish(null)
    }
  }

  #finish(jpeg: Blob | null): void {
    this.#done?.(jpeg)
    this.#done = undefined
  }
}

function newWorker(url: string): Worker | undefined {
  try {
    return new Worker(url)
  } catch {
    return undefined // the page does it, then
  }
}
