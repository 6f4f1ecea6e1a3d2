import { DecodeTimes, reorderingOf } from '../../src/media/fmp4/decode-times.ts'
import { fragment, type Sample } from '../../src/media/fmp4/fragment.ts'
import { initialization } from '../../src/media/fmp4/initialization.ts'
import { sampleOf } from '../../src/media/fmp4/sample-of.ts'
import type { EncodedMedia } from './encoded-media.ts'
import { type EncodedStream, parametersOfStream } from './encoded-streams.ts'

/** A track as files have it, and when each packet is to be shown. */
export type PackagedStream = {
  readonly header: Buffer
  readonly codecs: string
  readonly fragments: readonly Buffer[]
  /** Decode order, in ticks of the timescale. */
  readonly presentationTimes: readonly number[]
}

/** Packages what ffmpeg encoded, shown from `startAt` on, with so many samples in every fragment. */
export function packageStream(
  stream: EncodedStream,
  media: EncodedMedia,
  { samplesPerFragment, startAt }: { samplesPerFragment: number; startAt: number },
): PackagedStream {
  const parameters = parametersOfStream(stream, media)
  const { bytes: header, codecs } = initialization(parameters, stream)
  const first = media.packets[0]?.pts ?? 0
  const presentationTimes = media.packets.map(({ pts }) => startAt + pts - first)
  const decoder = new DecodeTimes({ reordering: reorderingOf(parameters), timescale: stream.timescale })
  const decodeTimes = presentationTimes.map((time) => decoder.next(time))
  const samples = media.packets.map((packet, index): Sample => {
    const decodeTime = decodeTimes[index]!
    const unit = { timestamp: 0, keyFrame: packet.key, afterLoss: false, data: packet.data }
    return {
      data: sampleOf(stream.codec, unit),
      duration: (decodeTimes[index + 1] ?? decodeTime + packet.duration) - decodeTime,
      key: packet.key,
      compositionOffset: presentationTimes[index]! - decodeTime,
    }
  })
  const fragments: Buffer[] = []
  for (let at = 0; at < samples.length; at += samplesPerFragment) {
    const decodeTime = decodeTimes[at]!
    const cut = samples.slice(at, at + samplesPerFragment)
    fragments.push(fragment({ sequence: fragments.length + 1, decodeTime, samples: cut }))
  }
  return { header, codecs, fragments, presentationTimes }
}
