import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLOCK } from './burned-in-clock.ts'

const { bits, square, width, height, framesPerSecond } = CLOCK
const [BLACK, GREY, WHITE] = [16, 128, 235]
const LUMA = width * height

/** A camera on the network, as ffmpeg reads one: uncompressed pictures on which the time of their drawing is burned in. */
export class ClockCamera implements AsyncDisposable {
  readonly #server = createServer((_request, response) => film(response))

  static async listen(): Promise<ClockCamera> {
    const camera = new ClockCamera()
    await once(camera.#server.listen(0, '127.0.0.1'), 'listening')
    return camera
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/clock.y4m`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function film(response: ServerResponse): void {
  response.write(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)
  const startedAt = performance.now()
  let frames = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * framesPerSecond)
    for (; frames < due; frames++) response.write(picture(Date.now()))
  }, 1000 / framesPerSecond)
  response.on('close', () => clearInterval(timer))
}

function picture(now: number): Buffer {
  const head = 'FRAME\n'
  const frame = Buffer.alloc(head.length + LUMA * 1.5, GREY)
  frame.write(head)
  const box = (left: number, top: number, right: number, bottom: number, luma: number) => {
    for (let y = top; y < bottom; y++)
      frame.fill(luma, head.length + y * width + left, head.length + y * width + right)
  }
  box(0, square * 2, width, height, BLACK + (Math.floor(now / 40) % 100)) // or there is nothing to encode
  const across = Math.floor(now / 5) % (width - square)
  box(across, height / 2, across + square, height / 2 + square * 2, WHITE)
  for (let bit = 0; bit <= bits; bit++) {
    const isSet = bit === bits || Math.floor(now / 2 ** bit) % 2 === 1
    box(bit * square, 0, (bit + 1) * square, square * 2, isSet ? WHITE : BLACK)
  }
  return frame
}
