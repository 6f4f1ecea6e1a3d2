import type { IncomingHttpHeaders } from 'node:http'
import { parseHttpDate } from './http-date.ts'

/** What tells one version of a file from another. */
export type Validators = {
  /** Strong, with its quotes. */
  readonly etag: string
  /** Whole seconds since the epoch. */
  readonly modified: number
}

/** The request headers that decide about an answer. */
export type AskedHeaders = Pick<
  IncomingHttpHeaders,
  'range' | 'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since'
> & { readonly 'if-range'?: string | readonly string[] | undefined }

const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/** In the order of https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2, for GET and HEAD of what exists. */
export function checkPreconditions(
  headers: AskedHeaders,
  file: Validators,
): 'proceed' | 'not-modified' | 'failed' {
  const match = headers['if-match']
  const unmodifiedSince = dateIn(headers['if-unmodified-since'])
  if (match !== undefined) {
    if (!lists(match, file.etag, 'strong')) return 'failed'
  } else if (unmodifiedSince !== undefined && file.modified > unmodifiedSince) return 'failed'

  const noneMatch = headers['if-none-match']
  const modifiedSince = dateIn(headers['if-modified-since'])
  if (noneMatch !== undefined) return lists(noneMatch, file.etag, 'weak') ? 'not-modified' : 'proceed'
  return modifiedSince !== undefined && file.modified <= modifiedSince ? 'not-modified' : 'proceed'
}

/** Whether Range still holds: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5 */
export function rangeHolds(ifRange: AskedHeaders['if-range'], file: Validators): boolean {
  if (ifRange === undefined) return true
  if (typeof ifRange !== 'string') return false
  return ifRange.includes('"') ? ifRange.trim() === file.etag : dateIn(ifRange) === file.modified
}

function lists(field: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true
  for (const [, weak, tag] of field.matchAll(ENTITY_TAG))
    if (tag === etag && (comparison === 'weak' || weak === undefined)) return true
  return false
}

function dateIn(field: string | undefined): number | undefined {
  return field === undefined ? undefined : parseHttpDate(field.trim())
}
