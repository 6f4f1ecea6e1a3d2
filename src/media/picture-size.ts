import { OBU_HAS_EXTENSION, OBU_HAS_SIZE, leb128Length, sequenceHeaderOffset } from './av1/obu.ts'
import { parseAv1SequenceHeader } from './av1/sequence-header.ts'
import { av1PictureSize } from './av1/temporal-unit.ts'
import type { Codec } from './codec.ts'
import { NAL, nalType } from './h264/nal.ts'
import { nalUnitsOf } from './h264/packetize.ts'
import { parameterSetsOf } from './h264/parameter-sets.ts'
import { parseSps } from './h264/sps.ts'
import { payloadEnd, payloadStart } from './rtp/packet.ts'
import { startsKeyFrame } from './rtp/key-frame.ts'
import { vp8PictureSize } from './vp8/frame.ts'
import { vp8DataStart } from './vp8/payload-descriptor.ts'
import { vp9PictureSize } from './vp9/frame.ts'
import { vp9DataStart, vp9LayerSize } from './vp9/payload-descriptor.ts'

/** Pixels of a coded picture, after cropping. */
export type PictureSize = { readonly width: number; readonly height: number }

/** Picture size that the data of an access unit tells; undefined for audio and for most that are no key frame. */
export function pictureSizeOf(codec: Codec, data: Uint8Array): PictureSize | undefined {
  switch (codec) {
    case 'H264':
      return sizeOfParameterSets(nalUnitsOf(data))
    case 'VP8':
      return vp8PictureSize(data, 0, data.length)
    case 'VP9':
      return vp9PictureSize(data, 0, data.length)
    case 'AV1':
      return av1PictureSize(data)
    case 'JPEG':
    case 'opus':
    case 'AAC':
      return undefined
  }
}

/** Picture size that an RTP packet tells by itself, as the first ones of a key frame do. */
export function pictureSizeFromPacket(codec: Codec, packet: Buffer): PictureSize | undefined {
  if (!startsKeyFrame(codec, packet)) return undefined
  const start = payloadStart(packet)
  const end = payloadEnd(packet)
  switch (codec) {
    case 'H264':
      return sizeOfParameterSets(parameterSetsOf(packet))
    case 'VP8':
      return vp8PictureSize(packet, vp8DataStart(packet, start, end), end)
    case 'VP9':
      return vp9LayerSize(packet, start, end) ?? vp9PictureSize(packet, vp9DataStart(packet, start, end), end)
    case 'AV1':
      return av1SizeOfPayload(packet, start, end)
    case 'JPEG':
    case 'opus':
    case 'AAC':
      return undefined
  }
}

function sizeOfParameterSets(nals: Iterable<Uint8Array>): PictureSize | undefined {
  for (const nal of nals) {
    if (nalType(nal[0] ?? 0) !== NAL.SPS) continue
    const sps = parseSps(nal)
    return sps && { width: sps.width, height: sps.height }
  }
  return undefined
}

function av1SizeOfPayload(packet: Buffer, start: number, end: number): PictureSize | undefined {
  let at = sequenceHeaderOffset(packet, start, end)
  if (at < 0) return undefined
  const header = packet[at] ?? 0
  at += (header & OBU_HAS_EXTENSION) !== 0 ? 2 : 1
  if ((header & OBU_HAS_SIZE) !== 0) at += leb128Length(packet, at)
  const sequence = parseAv1SequenceHeader(packet.subarray(at, end))
  return sequence && { width: sequence.width, height: sequence.height }
}
