/**
 * An MP4 has one decoder configuration per track here. Where H264 changes its parameters on the way, the new sets go in
 * front of the key frame instead, as in a live stream: every decoder takes them there.
 */

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1.2). */
const SPS_COUNT_AT = 5

/** The key frame with the parameter sets of its configuration before it, with lengths of four bytes. */
export function withParameterSets(keyFrame: Uint8Array, configuration: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const set of parameterSetsIn(configuration)) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(set.length)
    pieces.push(length, set)
  }
  return Buffer.concat([...pieces, keyFrame])
}

/** SPS and PPS, in their order. */
function parameterSetsIn(configuration: Uint8Array): Buffer[] {
  const bytes = Buffer.from(configuration.buffer, configuration.byteOffset, configuration.byteLength)
  const sets: Buffer[] = []
  let at = SPS_COUNT_AT
  for (const mask of [0x1f, 0xff]) {
    const count = bytes.readUInt8(at++) & mask
    for (let index = 0; index < count; index++) {
      const end = at + 2 + bytes.readUInt16BE(at)
      sets.push(bytes.subarray(at + 2, end))
      at = end
    }
  }
  return sets
}
