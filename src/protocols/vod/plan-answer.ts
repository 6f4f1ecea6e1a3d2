import { randomUUID } from 'node:crypto'
import { formatHttpDate } from './http-date.ts'
import { type ByteRange, parseRange } from './parse-range.ts'
import { type AskedHeaders, checkPreconditions, rangeHolds, type Validators } from './preconditions.ts'

/** What an answer tells of a file. */
export type FileFacts = Validators & {
  readonly size: number
  /** Media type. */
  readonly type: string
}

/** How ranges are answered. */
export type RangeSettings = {
  /** Most bytes of one 206. A longer range is answered with its beginning; players carry on from there. */
  readonly maxLoad: number
  /** Of Range headers that count; absent: all of the standard's. */
  readonly pattern?: RegExp | undefined
}

/** A stretch of the file, after `head` where it is one of several. */
export type Part = ByteRange & { readonly head?: string }

/** All that is to be sent; no parts where an answer has no body, or another one than the file. */
export type AnswerPlan = {
  readonly status: 200 | 206 | 304 | 412 | 416
  readonly headers: Readonly<Record<string, string>>
  readonly parts: readonly Part[]
  /** After the parts. */
  readonly tail?: string
}

/** The answer to a GET or HEAD of a file: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
export function planAnswer(
  { method, headers }: { method: string; headers: AskedHeaders },
  file: FileFacts,
  { maxLoad, pattern }: RangeSettings,
): AnswerPlan {
  const validators = {
    'accept-ranges': 'bytes',
    etag: file.etag,
    'last-modified': formatHttpDate(file.modified),
  }
  const condition = checkPreconditions(headers, file)
  if (condition === 'failed') return { status: 412, headers: validators, parts: [] }
  if (condition === 'not-modified') return { status: 304, headers: validators, parts: [] }

  const isHead = method === 'HEAD' // for which Range means nothing: section 14.2
  const counts = !isHead && rangeHolds(headers['if-range'], file)
  const asked = counts ? parseRange(headers.range, file.size, pattern) : 'whole'
  if (asked === 'unsatisfiable')
    return { status: 416, headers: { ...validators, 'content-range': `bytes */${file.size}` }, parts: [] }
  if (asked === 'whole')
    return {
      status: 200,
      headers: { ...validators, 'content-type': file.type, 'content-length': String(file.size) },
      parts: isHead || file.size === 0 ? [] : [{ from: 0, to: file.size }],
    }
  const ranges = capped(asked, maxLoad)
  return ranges.length === 1 && ranges[0]
    ? onePart(ranges[0], file, validators)
    : severalParts(ranges, file, validators)
}

/** The beginning of what was asked for, at most `maxLoad` bytes. */
function capped(ranges: readonly ByteRange[], maxLoad: number): ByteRange[] {
  const kept: ByteRange[] = []
  let left = maxLoad
  for (const { from, to } of ranges) {
    if (left <= 0) break
    const end = Math.min(to, from + left)
    kept.push({ from, to: end })
    left -= end - from
  }
  return kept
}

function onePart(range: ByteRange, file: FileFacts, validators: Record<string, string>): AnswerPlan {
  return {
    status: 206,
    headers: {
      ...validators,
      'content-type': file.type,
      'content-range': contentRange(range, file.size),
      'content-length': String(range.to - range.from),
    },
    parts: [range],
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-14.6 */
function severalParts(
  ranges: readonly ByteRange[],
  file: FileFacts,
  validators: Record<string, string>,
): AnswerPlan {
  const boundary = randomUUID()
  const parts = ranges.map((range, index) => ({
    ...range,
    head: `${index === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${file.type}\r\ncontent-range: ${contentRange(range, file.size)}\r\n\r\n`,
  }))
  const tail = `\r\n--${boundary}--\r\n`
  const length = parts.reduce((sum, { from, to, head }) => sum + head.length + to - from, tail.length)
  return {
    status: 206,
    headers: {
      ...validators,
      'content-type': `multipart/byteranges; boundary=${boundary}`,
      'content-length': String(length),
    },
    parts,
    tail,
  }
}

function contentRange({ from, to }: ByteRange, size: number): string {
  return `bytes ${from}-${to - 1}/${size}`
}
