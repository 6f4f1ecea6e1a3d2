/** VP9 payload descriptor: https://www.rfc-editor.org/rfc/rfc9628#section-4.2 */

import type { PictureSize } from '../picture-size.ts'

const HAS_PICTURE_ID = 0x80
const INTER_PREDICTED = 0x40
const HAS_LAYER_INDICES = 0x20
const FLEXIBLE = 0x10
const FRAME_START = 0x08
const HAS_SCALABILITY_STRUCTURE = 0x02
const LONG_PICTURE_ID = 0x80
const SPATIAL_LAYER = 0x0e
const MORE_REFERENCES = 0x01
const MAX_REFERENCES = 3
const HAS_SIZES = 0x10
const HAS_PICTURE_GROUP = 0x08
const SIZE_BYTES = 4

/** Where the VP9 data of a payload begins, or -1 when there is none. */
export function vp9DataStart(bytes: Uint8Array, start: number, end: number): number {
  let at = descriptorEnd(bytes, start)
  if (((bytes[start] ?? 0) & HAS_SCALABILITY_STRUCTURE) !== 0) at = scalabilityStructureEnd(bytes, at, end)
  return at < end ? at : -1
}

/** Size of the highest spatial layer that the scalability structure names; undefined when it names none. */
export function vp9LayerSize(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const structure = descriptorEnd(bytes, start)
  const flags = bytes[structure] ?? 0
  if (((bytes[start] ?? 0) & HAS_SCALABILITY_STRUCTURE) === 0 || (flags & HAS_SIZES) === 0) return undefined
  const at = structure + 1 + SIZE_BYTES * (flags >> 5)
  if (at + SIZE_BYTES > end) return undefined
  const width = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  const height = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  return width > 0 && height > 0 ? { width, height } : undefined
}

/** Whether a payload begins a frame of any spatial layer. */
export function startsVp9Frame(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && ((bytes[start] ?? 0) & FRAME_START) !== 0
}

/** Whether a payload is the first of its picture: the start of the lowest spatial layer's frame. */
export function startsVp9Picture(bytes: Uint8Array, start: number, end: number): boolean {
  if (!startsVp9Frame(bytes, start, end)) return false
  if (((bytes[start] ?? 0) & HAS_LAYER_INDICES) === 0) return true
  const at = layerIndices(bytes, start)
  return at < end && ((bytes[at] ?? 0) & SPATIAL_LAYER) === 0
}

/** Whether the frame refers to an earlier picture. */
export function isVp9InterPredicted(bytes: Uint8Array, start: number): boolean {
  return ((bytes[start] ?? 0) & INTER_PREDICTED) !== 0
}

function layerIndices(bytes: Uint8Array, start: number): number {
  if (((bytes[start] ?? 0) & HAS_PICTURE_ID) === 0) return start + 1
  return start + (((bytes[start + 1] ?? 0) & LONG_PICTURE_ID) !== 0 ? 3 : 2)
}

/** Where the scalability structure begins, if there is one, and else the data. */
function descriptorEnd(bytes: Uint8Array, start: number): number {
  const descriptor = bytes[start] ?? 0
  let at = layerIndices(bytes, start)
  if ((descriptor & HAS_LAYER_INDICES) !== 0) at += (descriptor & FLEXIBLE) !== 0 ? 1 : 2
  if ((descriptor & FLEXIBLE) === 0 || (descriptor & INTER_PREDICTED) === 0) return at
  for (let i = 0; i < MAX_REFERENCES; i++) if (((bytes[at++] ?? 0) & MORE_REFERENCES) === 0) break
  return at
}

/** RFC 9628 §4.2.1 */
function scalabilityStructureEnd(bytes: Uint8Array, start: number, end: number): number {
  const structure = bytes[start] ?? 0
  let at = start + 1
  if ((structure & HAS_SIZES) !== 0) at += SIZE_BYTES * ((structure >> 5) + 1)
  if ((structure & HAS_PICTURE_GROUP) === 0) return at
  const pictures = bytes[at++] ?? 0
  for (let i = 0; i < pictures && at < end; i++) at += 1 + (((bytes[at] ?? 0) >> 2) & 0x03)
  return at
}
