/**
 * A Matroska stream of JPEG pictures, for programs that are to know when each was taken (RFC 9559). It has no end and no
 * index; every picture is a cluster by itself.
 */

const ID = {
  ebml: '1a45dfa3',
  docType: '4282',
  docTypeVersion: '4287',
  docTypeReadVersion: '4285',
  segment: '18538067',
  info: '1549a966',
  timestampScale: '2ad7b1',
  tracks: '1654ae6b',
  trackEntry: 'ae',
  trackNumber: 'd7',
  trackUid: '73c5',
  trackType: '83',
  codecId: '86',
  video: 'e0',
  pixelWidth: 'b0',
  pixelHeight: 'ba',
  cluster: '1f43b675',
  timestamp: 'e7',
  simpleBlock: 'a3',
} as const
/** Timestamps are milliseconds. */
const NANOSECONDS = 1_000_000
const UNKNOWN_SIZE = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
/** Track 1, at the time of its cluster, a key frame. */
const BLOCK_HEADER = Buffer.from([0x81, 0, 0, 0x80])
const DOC_TYPE = 'matroska'
const CODEC = 'V_MJPEG'

/** What comes before the first picture. */
export function mjpegStreamHeader({ width, height }: { width: number; height: number }): Buffer {
  const video = element(ID.video, uint(ID.pixelWidth, width), uint(ID.pixelHeight, height))
  const codec = element(ID.codecId, Buffer.from(CODEC))
  return Buffer.concat([
    element(
      ID.ebml,
      element(ID.docType, Buffer.from(DOC_TYPE)),
      uint(ID.docTypeVersion, 4),
      uint(ID.docTypeReadVersion, 2),
    ),
    Buffer.from(ID.segment, 'hex'),
    UNKNOWN_SIZE,
    element(ID.info, uint(ID.timestampScale, NANOSECONDS)),
    element(
      ID.tracks,
      element(
        ID.trackEntry,
        ...[uint(ID.trackNumber, 1), uint(ID.trackUid, 1), uint(ID.trackType, 1), codec, video],
      ),
    ),
  ])
}

/** One picture; `timestamp` is in milliseconds and rises from each to the next. */
export function mjpegStreamPicture(jpeg: Uint8Array, timestamp: number): Buffer {
  return element(ID.cluster, uint(ID.timestamp, timestamp), element(ID.simpleBlock, BLOCK_HEADER, jpeg))
}

function element(id: string, ...parts: readonly Uint8Array[]): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(parts.reduce((sum, { length }) => sum + length, 0)))
  size[0] = 0x01 // an eight-byte size, whatever the number
  return Buffer.concat([Buffer.from(id, 'hex'), size, ...parts])
}

function uint(id: string, value: number): Buffer {
  const data = Buffer.alloc(8)
  data.writeBigUInt64BE(BigInt(value))
  return element(id, data)
}
