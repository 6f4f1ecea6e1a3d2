import type { ViewingStatistics } from '../../client/index.ts'
import { resolutionText } from '../figures.ts'
import { texts } from './texts.ts'
import type { Transport } from './transport.ts'

/** How far behind the camera this screen is, and how good the picture. */
export function LatencyBadge({
  transport,
  latency,
  statistics,
}: {
  transport: Transport
  latency: number | null
  statistics: ViewingStatistics | undefined
}) {
  const parts = [
    transport === 'hls' ? texts.overHls : undefined,
    latency === null ? undefined : texts.latency(latency),
    statistics && statistics.height > 0 ? resolutionText(statistics.width, statistics.height) : undefined,
  ].filter((part) => part !== undefined)
  if (parts.length === 0) return null
  return (
    <span className="player-latency" title={texts.latencyHint}>
      {parts.join(' · ')}
    </span>
  )
}
