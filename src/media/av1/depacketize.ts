import type { DepacketizedUnit } from '../rtp/depacketize.ts'
import {
  CONTINUED,
  CONTINUES,
  elementCount,
  leb128Length,
  NEW_SEQUENCE,
  OBU,
  OBU_HAS_EXTENSION,
  OBU_HAS_SIZE,
  obuType,
  readLeb128,
} from './obu.ts'
import { isAv1KeyFrame } from './temporal-unit.ts'

/**
 * AV1 payloads to one temporal unit whose OBUs carry their sizes (AV1 RTP specification §4.4, §5): without
 * temporal delimiters, which players put in themselves, and without tile lists, which RTP forbids.
 */
export function depacketizeAv1(payloads: readonly Buffer[]): DepacketizedUnit | undefined {
  const obus = collectObus(payloads)
  if (!obus) return undefined
  const parts: Buffer[] = []
  for (const obu of obus) if (!addSized(obu, parts)) return undefined
  if (parts.length === 0) return undefined
  const data = Buffer.concat(parts)
  return { data, keyFrame: isAv1KeyFrame(data) }
}

/** The N bit: the first packet of a coded video sequence, which no unit begins before. */
export function startsAv1Unit(payload: Buffer): boolean {
  const aggregation = payload[0] ?? 0
  return (aggregation & NEW_SEQUENCE) !== 0 && (aggregation & CONTINUES) === 0
}

/** Joins the fragments of OBUs over packets; undefined when they do not fit together. */
function collectObus(payloads: readonly Buffer[]): Buffer[] | undefined {
  const obus: Buffer[] = []
  let fragments: Buffer[] = []
  for (const payload of payloads) {
    const aggregation = payload[0] ?? 0
    if (((aggregation & CONTINUES) !== 0) !== fragments.length > 0) return undefined
    const elements = elementsOf(payload)
    if (!elements) return undefined
    for (const [index, element] of elements.entries()) {
      fragments.push(element)
      if (index === elements.length - 1 && (aggregation & CONTINUED) !== 0) continue
      obus.push(fragments.length === 1 ? element : Buffer.concat(fragments))
      fragments = []
    }
  }
  return fragments.length > 0 ? undefined : obus
}

/** The OBU elements of one payload; undefined when it is malformed or has none. */
function elementsOf(payload: Buffer): Buffer[] | undefined {
  const count = elementCount(payload[0] ?? 0)
  const elements: Buffer[] = []
  let at = 1
  while (at < payload.length) {
    let size = payload.length - at
    if (elements.length + 1 !== count) {
      size = readLeb128(payload, at, payload.length)
      if (size < 0) return undefined
      at += leb128Length(payload, at)
    }
    if (at + size > payload.length) return undefined
    elements.push(payload.subarray(at, at + size))
    at += size
  }
  if (elements.length === 0 || (count > 0 && elements.length !== count)) return undefined
  return elements
}

/** Adds an OBU, with a size field, unless it is of a kind that files leave out. False when it is malformed. */
function addSized(obu: Buffer, parts: Buffer[]): boolean {
  if (obu.length === 0) return true // senders may pad with empty elements
  const header = obu[0] ?? 0
  const headerBytes = (header & OBU_HAS_EXTENSION) !== 0 ? 2 : 1
  if (obu.length < headerBytes) return false
  const type = obuType(header)
  if (type === OBU.TEMPORAL_DELIMITER || type === OBU.TILE_LIST) return true
  if ((header & OBU_HAS_SIZE) === 0) {
    const sizedHeader = Buffer.from(obu.subarray(0, headerBytes))
    sizedHeader[0] = header | OBU_HAS_SIZE
    parts.push(sizedHeader, leb128(obu.length - headerBytes), obu.subarray(headerBytes))
    return true
  }
  const size = readLeb128(obu, headerBytes, obu.length)
  if (size < 0) return false
  const end = headerBytes + leb128Length(obu, headerBytes) + size
  if (end > obu.length) return false
  parts.push(obu.subarray(0, end))
  return true
}

function leb128(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}
