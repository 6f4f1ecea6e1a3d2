import type { Codec } from '../../src/media/codec.ts'
import { parametersOf } from '../../src/media/fmp4/parameters-of.ts'
import type { TrackParameters } from '../../src/media/fmp4/track-parameters.ts'
import { type EncodedMedia, encodeMedia } from './encoded-media.ts'

/** A stream that ffmpeg encodes here, in an encoder's own way. */
export type EncodedStream = {
  readonly name: string
  readonly codec: Codec
  readonly timescale: number
  readonly encoder: readonly string[]
  /** What HLS has to call it. */
  readonly codecs: string
}

const x264 = (name: string, codecs: string, encoder: readonly string[], more = ''): EncodedStream => ({
  name,
  codec: 'H264',
  timescale: 90_000,
  codecs,
  encoder: ['-c:v', 'libx264', ...encoder, '-x264-params', `repeat-headers=1:${more}`],
})

const aom = (name: string, codecs: string, format: string): EncodedStream => ({
  name,
  codec: 'AV1',
  timescale: 90_000,
  codecs,
  encoder: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-g', '15', '-pix_fmt', format],
})

const YUV = ['-g', '15', '-pix_fmt', 'yuv420p']

/** Everything that CMAF carries, as real encoders make it. */
export const ENCODED_STREAMS: readonly EncodedStream[] = [
  x264('H264 without B-frames', 'avc1.42c00b', ['-preset', 'ultrafast', ...YUV]),
  x264('H264 with B-frames', 'avc1.64000b', ['-preset', 'fast', '-bf', '3', ...YUV], 'b-pyramid=normal'),
  x264('H264 of ten bits', 'avc1.6e000b', ['-preset', 'ultrafast', '-g', '15', '-pix_fmt', 'yuv420p10le']),
  x264('H264 of full chroma', 'avc1.f4000b', ['-preset', 'ultrafast', '-g', '15', '-pix_fmt', 'yuv444p']),
  {
    name: 'VP9',
    codec: 'VP9',
    timescale: 90_000,
    codecs: 'vp09.00.11.08',
    encoder: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', ...YUV],
  },
  {
    name: 'AV1 of SVT',
    codec: 'AV1',
    timescale: 90_000,
    codecs: 'av01.0.00M.08',
    encoder: ['-c:v', 'libsvtav1', '-preset', '12', ...YUV],
  },
  aom('AV1 of libaom', 'av01.0.00M.08', 'yuv420p'),
  aom('AV1 of ten bits', 'av01.0.00M.10', 'yuv420p10le'),
  aom('AV1 of full chroma', 'av01.1.00M.08', 'yuv444p'),
  aom('AV1 without colour', 'av01.0.00M.08', 'gray'),
  {
    name: 'Opus',
    codec: 'opus',
    timescale: 48_000,
    codecs: 'opus',
    encoder: ['-c:a', 'libopus', '-ac', '2'],
  },
  { name: 'AAC', codec: 'AAC', timescale: 48_000, codecs: 'mp4a.40.2', encoder: ['-c:a', 'aac', '-ac', '2'] },
]

/** AAC-LC, 48 kHz, stereo: what travels apart from its packets. */
export const AUDIO_SPECIFIC_CONFIG = Buffer.from([0x11, 0x90])

const PICTURE = 'testsrc2=size=160x120:rate=30'
const TONE = 'sine=frequency=440:sample_rate=48000'

/** One second of it. */
export function encode({ codec, timescale, encoder }: EncodedStream): Promise<EncodedMedia> {
  const source = codec === 'opus' || codec === 'AAC' ? TONE : PICTURE
  return encodeMedia({ seconds: 1, timescale, encoder, source })
}

/** What a door would know of it. */
export function parametersOfStream({ codec }: EncodedStream, { packets }: EncodedMedia): TrackParameters {
  if (codec === 'AAC') return { codec, audioSpecificConfig: AUDIO_SPECIFIC_CONFIG }
  const parameters = packets[0] && parametersOf(codec, packets[0].data)
  if (!parameters) throw new Error(`${codec}: the first packet does not tell its parameters`)
  return parameters
}
