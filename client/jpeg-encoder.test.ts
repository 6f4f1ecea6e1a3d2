import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { JpegEncoder } from './jpeg-encoder.ts'

type Answer = (message: unknown[]) => unknown
const jpegOf = (maker: string) => new Blob([maker], { type: 'image/jpeg' })
const CANVAS = {
  toBlob: (done: (jpeg: Blob) => void) => done(jpegOf('page')),
} as unknown as HTMLCanvasElement

/** A worker that answers as it is told, at once. */
class FakeWorker extends EventTarget {
  static answer: Answer
  static ended = 0

  constructor() {
    super()
    queueMicrotask(() => this.#say('ready'))
  }

  postMessage(message: unknown[]): void {
    this.#say(FakeWorker.answer(message))
  }

  terminate(): void {
    FakeWorker.ended++
  }

  #say(data: unknown): void {
    if (data !== undefined) this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

async function encoder(t: TestContext, answer: Answer, Worker: unknown = FakeWorker): Promise<JpegEncoder> {
  FakeWorker.answer = answer
  FakeWorker.ended = 0
  const globals = { Worker, createImageBitmap: async () => 'picture' }
  const before = Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name)] as const)
  Object.assign(globalThis, globals)
  t.after(() => Object.assign(globalThis, Object.fromEntries(before)))
  const made = new JpegEncoder()
  await Promise.resolve()
  return made
}

describe('the encoder of frames', () => {
  test('[FR57] a worker makes them, with the quality that is wanted', async (t) => {
    const asked: unknown[] = []
    const jpeg = await encoder(t, (message) => (asked.push(message), jpegOf('worker')))
    assert.equal(await (await jpeg.encode(CANVAS, 0.7))?.text(), 'worker')
    assert.deepEqual(asked, [['picture', 0.7]])
  })

  test('[FR57] the page makes them where there is no worker', async (t) => {
    const jpeg = await encoder(
      t,
      () => undefined,
      function none() {
        throw new Error('refused')
      },
    )
    assert.equal(await (await jpeg.encode(CANVAS, 0.7))?.text(), 'page')
  })

  test('[FR57] the page makes them after a worker that could not', async (t) => {
    const jpeg = await encoder(t, () => null)
    assert.equal(await jpeg.encode(CANVAS, 0.7), null)
    assert.equal(await (await jpeg.encode(CANVAS, 0.7))?.text(), 'page')
  })

  test('[FR57] the end leaves neither a worker nor a frame that is waited for', async (t) => {
    const jpeg = await encoder(t, () => undefined)
    const waited = jpeg.encode(CANVAS, 0.7)
    await new Promise((resolve) => setImmediate(resolve))
    jpeg[Symbol.dispose]()
    assert.equal(await waited, null)
    assert.equal(FakeWorker.ended, 1)
  })
})
