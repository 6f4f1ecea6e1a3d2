import type { ViewingStatistics } from './statistics.ts'
import { number, type Stat, type StatsReading, sum } from './stats-reading.ts'

/** Freezes as counted here, for browsers that do not. */
type Freezes = Pick<ViewingStatistics, 'freezeCount' | 'freezeDuration'>

/** What is received, from a reading and the one before it. */
export function viewingStatistics(
  reading: StatsReading,
  previous: ViewingStatistics | undefined,
): ViewingStatistics {
  const incoming = reading.all('inbound-rtp')
  const [video] = reading.all('inbound-rtp', 'video')
  const [audio] = reading.all('inbound-rtp', 'audio')
  const lost = sum(incoming, (stat) => reading.growth(stat, 'packetsLost'))
  const received = sum(incoming, (stat) => reading.growth(stat, 'packetsReceived'))
  const decoded = video ? reading.growth(video, 'framesDecoded') : 0
  const rate = video?.['framesPerSecond']

  return {
    bitrate: reading.perSecond(sum(incoming, (stat) => reading.growth(stat, 'bytesReceived')) * 8),
    loss: lost + received > 0 ? lost / (lost + received) : 0,
    roundTrip: reading.roundTrip(),
    framesPerSecond: typeof rate === 'number' ? rate : reading.perSecond(decoded),
    framesDecoded: number(video, 'framesDecoded'),
    framesDropped: number(video, 'framesDropped'),
    ...freezes(video, decoded, reading, previous),
    width: number(video, 'frameWidth'),
    height: number(video, 'frameHeight'),
    videoCodec: reading.codec(video),
    audioCodec: reading.codec(audio),
    jitterBuffer: jitterBuffer(video ?? audio, reading),
  }
}

function freezes(
  video: Stat | undefined,
  decoded: number,
  reading: StatsReading,
  previous: ViewingStatistics | undefined,
): Freezes {
  if (typeof video?.['freezeCount'] === 'number')
    return {
      freezeCount: video['freezeCount'],
      freezeDuration: number(video, 'totalFreezesDuration') * 1000,
    }
  const { freezeCount = 0, freezeDuration = 0, framesDecoded = 0, framesPerSecond = 0 } = previous ?? {}
  if (framesDecoded === 0 || decoded > 0) return { freezeCount, freezeDuration }
  return {
    freezeCount: freezeCount + (framesPerSecond > 0 || freezeCount === 0 ? 1 : 0),
    freezeDuration: freezeDuration + reading.interval,
  }
}

function jitterBuffer(stat: Stat | undefined, reading: StatsReading): number | null {
  if (typeof stat?.['jitterBufferDelay'] !== 'number') return null
  const emitted = reading.growth(stat, 'jitterBufferEmittedCount')
  return emitted > 0 ? (reading.growth(stat, 'jitterBufferDelay') * 1000) / emitted : 0
}
