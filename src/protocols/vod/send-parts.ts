import fs from 'node:fs'
import type { BufferPool } from './buffer-pool.ts'
import type { ByteRange } from './parse-range.ts'
import type { AnswerPlan } from './plan-answer.ts'
import type { ResponseOutlet } from './response-outlet.ts'

/** What came of sending. */
export type Sent = {
  /** What the system has taken for the client. */
  readonly delivered: readonly ByteRange[]
  /** `short`: the file ended before the range did, which nobody can mend by then. */
  readonly outcome: 'whole' | 'gone' | 'short'
}

/** Sends the parts of a planned answer, read as the client takes them. The head has been written. */
export async function sendParts(
  outlet: ResponseOutlet,
  fd: number,
  { parts, tail }: Pick<AnswerPlan, 'parts' | 'tail'>,
  pool: BufferPool,
): Promise<Sent> {
  const delivered: ByteRange[] = []
  for (const { from, to, head } of parts) {
    if (head !== undefined && !(await outlet.write(head))) return { delivered, outcome: 'gone' }
    const end = await sendRange(outlet, fd, { from, to }, pool)
    if (end > from) delivered.push({ from, to: end })
    if (end < to) return { delivered, outcome: outlet.isGone ? 'gone' : 'short' }
  }
  if (tail !== undefined) await outlet.write(tail)
  return { delivered, outcome: 'whole' }
}

/** Returns where it stopped. */
async function sendRange(
  outlet: ResponseOutlet,
  fd: number,
  { from, to }: ByteRange,
  pool: BufferPool,
): Promise<number> {
  let position = from
  while (position < to && !outlet.isGone) {
    const buffer = pool.take(to - position)
    let isFree = true
    try {
      const length = await read(fd, buffer, Math.min(buffer.length, to - position), position)
      if (length === 0) return position
      isFree = await outlet.write(length === buffer.length ? buffer : buffer.subarray(0, length))
      if (!isFree) return position
      position += length
    } finally {
      if (isFree) pool.give(buffer)
      else pool.lose(buffer) // a destroyed socket may still hold what it has not sent
    }
  }
  return position
}

function read(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  fs.read(fd, buffer, 0, length, position, (error, count) => {
    if (error) reject(error)
    else resolve(count)
  })
  return promise
}
