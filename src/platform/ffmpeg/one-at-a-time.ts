import { FfmpegError } from './run-ffmpeg.ts'

/** Lets jobs through one by one, in order; one too many is refused as `busy`. */
export class OneAtATime {
  readonly #limit: number
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  async run<Result>(job: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#limit)
      throw new FfmpegError('busy', `${this.#waiting} jobs wait for ffmpeg already`)
    this.#waiting++
    const turn = this.#last.then(job, job)
    this.#last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting--
    }
  }
}
