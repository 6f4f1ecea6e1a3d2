import type { LayerStatistics, PublicationStatistics, QualityLimitation } from './statistics.ts'
import { number, type Stat, type StatsReading, sum } from './stats-reading.ts'

/** What is sent, from a reading and the one before it. */
export function publicationStatistics(reading: StatsReading): PublicationStatistics {
  const outgoing = reading.all('outbound-rtp')
  const videos = reading
    .all('outbound-rtp', 'video')
    .toSorted((a, b) => rank(b) - rank(a) || number(b, 'frameWidth') - number(a, 'frameWidth'))
  const layers = videos.map((stat) => layerStatistics(stat, reading))
  const best = layers.find(({ bitrate }) => bitrate > 0) ?? layers[0]
  const bestStat = videos[best ? layers.indexOf(best) : 0]
  const framesEncoded = Math.max(0, ...videos.map((stat) => number(stat, 'framesEncoded')))
  const captured = number(reading.referred(bestStat, 'mediaSourceId'), 'frames')

  return {
    bitrate: reading.perSecond(sum(outgoing, (stat) => reading.growth(stat, 'bytesSent')) * 8),
    loss: lossOf(reading),
    roundTrip: reading.roundTrip(),
    framesPerSecond: best?.framesPerSecond ?? 0,
    framesEncoded,
    framesDropped: Math.max(0, captured - framesEncoded),
    width: best?.width ?? 0,
    height: best?.height ?? 0,
    videoCodec: reading.codec(bestStat),
    audioCodec: reading.codec(reading.all('outbound-rtp', 'audio')[0]),
    qualityLimitation: best?.qualityLimitation ?? 'none',
    layers,
  }
}

/** Layers that are not sent yet have no size: their names tell. */
function rank(stat: Stat): number {
  return ['q', 'h', 'f'].indexOf(String(stat['rid']))
}

function layerStatistics(stat: Stat, reading: StatsReading): LayerStatistics {
  const { rid, framesPerSecond, qualityLimitationReason: reason } = stat
  return {
    rid: typeof rid === 'string' ? rid : '',
    bitrate: reading.perSecond(reading.growth(stat, 'bytesSent') * 8),
    framesPerSecond:
      typeof framesPerSecond === 'number'
        ? framesPerSecond
        : reading.perSecond(reading.growth(stat, 'framesEncoded')),
    width: number(stat, 'frameWidth'),
    height: number(stat, 'frameHeight'),
    qualityLimitation: isLimitation(reason) ? reason : 'none',
  }
}

/** As the receiver reports it, each stream by the weight of its packets. */
function lossOf(reading: StatsReading): number {
  let lost = 0
  let sent = 0
  for (const report of reading.all('remote-inbound-rtp')) {
    const stream = reading.referred(report, 'localId')
    const packets = stream ? reading.growth(stream, 'packetsSent') : 0
    const { fractionLost } = report
    lost +=
      typeof fractionLost === 'number'
        ? fractionLost * packets
        : Math.min(packets, reading.growth(report, 'packetsLost'))
    sent += packets
  }
  return sent > 0 ? Math.min(1, lost / sent) : 0
}

function isLimitation(reason: unknown): reason is QualityLimitation {
  return reason === 'none' || reason === 'cpu' || reason === 'bandwidth' || reason === 'other'
}
