import { OBU, OBU_HAS_SIZE, obuEnd, obuType } from '../av1/obu.ts'
import { parseAv1Format } from '../av1/sequence-format.ts'
import type { Codec } from '../codec.ts'
import { NAL, nalType } from '../h264/nal.ts'
import { nalUnitsOf } from '../h264/packetize.ts'
import { parseSps } from '../h264/sps.ts'
import type { PictureSize } from '../picture-size.ts'
import { parseVp9KeyFrame } from '../vp9/frame.ts'
import { vp9Level } from '../vp9/level.ts'
import { bodyOfObu } from './av1-sample-entry.ts'
import {
  MAX_SIDE,
  type Av1Parameters,
  type H264Parameters,
  type TrackParameters,
  type Vp9Parameters,
} from './track-parameters.ts'

/** RFC 7587 §7: a decoder for two channels plays packets of one as well, and a sender may change between them. */
const OPUS: TrackParameters = { codec: 'opus', channels: 2, preSkip: 0 }

/** What real encoders never come near; a configuration record has no room for much more. */
const MAX_SETS = 32
const MAX_SET_BYTES = 1024

/**
 * What the data of a key unit (see `AccessUnit`) tells a decoder; undefined when it tells too little, as for units
 * that are no key frame, for VP8, which has no place in CMAF, and for AAC, whose configuration travels apart.
 */
export function parametersOf(codec: Codec, data: Uint8Array): TrackParameters | undefined {
  switch (codec) {
    case 'H264':
      return h264Parameters(data)
    case 'VP9':
      return vp9Parameters(data)
    case 'AV1':
      return av1Parameters(data)
    case 'opus':
      return OPUS
    case 'VP8':
    case 'JPEG':
    case 'AAC':
      return undefined
  }
}

/** Whether a decoder that was set up with the one may go on with the other. */
export function sameParameters(one: TrackParameters, other: TrackParameters): boolean {
  if (one.codec === 'H264' && other.codec === 'H264')
    return one.sps.equals(other.sps) && sameBuffers(one.pps, other.pps)
  if (one.codec === 'AV1' && other.codec === 'AV1') return one.sequenceHeader.equals(other.sequenceHeader)
  if (one.codec === 'AAC' && other.codec === 'AAC')
    return one.audioSpecificConfig.equals(other.audioSpecificConfig)
  return JSON.stringify(one) === JSON.stringify(other)
}

function sameBuffers(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return (
    some.length === others.length && some.every((buffer, index) => buffer.equals(others[index] ?? buffer))
  )
}

/** Copies the parameter sets: they outlive the unit by far. */
function h264Parameters(data: Uint8Array): H264Parameters | undefined {
  let sps: Buffer | undefined
  const pps: Buffer[] = []
  for (const nal of nalUnitsOf(data)) {
    const type = nalType(nal[0] ?? 0)
    if (type === NAL.SPS && parseSps(nal)) sps ??= Buffer.from(nal)
    if (type === NAL.PPS && !pps.some((other) => other.equals(nal))) pps.push(Buffer.from(nal))
    if (isParameterSet(type) && nal.length > MAX_SET_BYTES) return undefined
  }
  return sps && pps.length > 0 && pps.length <= MAX_SETS ? { codec: 'H264', sps, pps } : undefined
}

function vp9Parameters(data: Uint8Array): Vp9Parameters | undefined {
  const frame = parseVp9KeyFrame(data, 0, data.length)
  if (!frame || !fits(frame)) return undefined
  const { profile, bitDepth, fullRange, width, height } = frame
  const chromaSubsampling = frame.subsamplingX === 0 ? 3 : frame.subsamplingY === 0 ? 2 : 1
  return {
    codec: 'VP9',
    profile,
    level: vp9Level(frame),
    bitDepth,
    chromaSubsampling,
    fullRange,
    width,
    height,
  }
}

function av1Parameters(data: Uint8Array): Av1Parameters | undefined {
  let at = 0
  for (let end = obuEnd(data, at); end > at; end = obuEnd(data, at)) {
    const header = data[at] ?? 0
    if (obuType(header) === OBU.SEQUENCE_HEADER && (header & OBU_HAS_SIZE) !== 0) {
      if (end - at > MAX_SET_BYTES) return undefined
      const sequenceHeader = Buffer.from(data.subarray(at, end))
      const format = parseAv1Format(bodyOfObu(sequenceHeader))
      return format && fits(format) ? { codec: 'AV1', sequenceHeader } : undefined
    }
    at = end
  }
  return undefined
}

function isParameterSet(type: number): boolean {
  return type === NAL.SPS || type === NAL.PPS
}

function fits({ width, height }: PictureSize): boolean {
  return width <= MAX_SIDE && height <= MAX_SIDE
}
