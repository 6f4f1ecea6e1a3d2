/** What a publisher of frames aims for. */
export type FramesWish = { readonly fps: number; readonly quality: number }

const LEAST_FPS = 2
const LEAST_QUALITY = 0.3
/** Frames that may wait for the network. */
const MAX_WAITING = 2
/** A frame that found room raises the quality by so much, one that did not lowers it. */
const UP = 0.005
const DOWN = 0.9
/** More than what is taken, so that it can grow. */
const AHEAD = 1.25

/** How often and how well pictures are sent: no more than the network and the viewers take. */
export class FramesRate {
  #wish: FramesWish
  #quality: number
  #cap = Infinity
  #lastSize = 0

  constructor(wish: FramesWish) {
    this.#wish = wish
    this.#quality = wish.quality
  }

  get fps(): number {
    return Math.min(this.#wish.fps, this.#cap)
  }

  get quality(): number {
    return this.#quality
  }

  /** Takes effect with the next frame. */
  set wish(wish: FramesWish) {
    this.#wish = wish
    this.#quality = wish.quality
  }

  /** Whether there is room for a frame, with so many bytes still to go. Asked once for each. */
  hasRoom(unsent: number): boolean {
    const room = unsent <= this.#lastSize * MAX_WAITING
    const { quality } = this.#wish
    if (room && unsent === 0) this.#quality = Math.min(quality, this.#quality + UP)
    if (!room) this.#quality = Math.max(Math.min(LEAST_QUALITY, quality), this.#quality * DOWN)
    return room
  }

  sent(bytes: number): void {
    this.#lastSize = bytes
  }

  /** The server tells how many frames a second are watched. */
  told({ tooFast, taken }: { readonly tooFast: boolean; readonly taken: number }): void {
    this.#cap = tooFast ? Math.max(LEAST_FPS, taken * AHEAD) : Infinity
  }
}
