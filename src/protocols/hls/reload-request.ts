import { BroadcastError } from '../../core/errors.ts'
import type { RenditionWindow } from './rendition-window.ts'

/** Delivery directives of a playlist request (RFC 8216bis §6.2.5). */
export type ReloadRequest = {
  /** Wait until the playlist holds this; undefined: answer at once. */
  readonly until: { readonly msn: number; readonly part: number | undefined } | undefined
  readonly skip: boolean
}

type Query = { _HLS_msn?: string; _HLS_part?: string; _HLS_skip?: string }

const DECIMAL = /^\d{1,15}$/
/** Segments beyond the edge that may be asked for. */
const MAX_AHEAD = 2
/** Seconds of parts beyond the edge that may be asked for (§6.2.5.2). */
const PARTS_AHEAD = 3

/** Throws `bad-request` for directives that make no sense, or ask for what will not come soon. */
export function reloadRequest(query: Query, window: RenditionWindow): ReloadRequest {
  if (window.isOver) return { until: undefined, skip: false }
  const skip = query._HLS_skip === 'YES' || query._HLS_skip === 'v2'
  const msn = numberIn(query._HLS_msn, '_HLS_msn')
  const part = numberIn(query._HLS_part, '_HLS_part')
  if (msn === undefined) {
    if (part !== undefined) throw new BroadcastError('bad-request', '_HLS_part needs _HLS_msn')
    return { until: undefined, skip }
  }
  const { edge, rendition } = window
  const last = edge.part > 0 ? edge.msn : edge.msn - 1
  if (msn > last + MAX_AHEAD) throw new BroadcastError('bad-request', '_HLS_msn is too far ahead')
  const ahead = Math.ceil(PARTS_AHEAD / rendition.partTarget)
  if (part !== undefined && msn >= edge.msn && part > (msn === edge.msn ? edge.part : 0) + ahead)
    throw new BroadcastError('bad-request', '_HLS_part is too far ahead')
  return { until: { msn, part }, skip }
}

function numberIn(value: string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined
  if (!DECIMAL.test(value)) throw new BroadcastError('bad-request', `${name} must be a decimal integer`)
  return Number(value)
}
