import type { BroadcastView, PublicationStatistics } from '../../client/index.ts'
import { healthTexts } from './texts.ts'

/** Something that viewers feel, and its cure. */
type HealthWarning = BroadcastView['warnings'][number]

/** Seconds that something must last before it is worth a warning. */
export const LASTING = 10
const MUCH_LOSS = 0.05
const FEW_FRAMES = 12
/** A browser begins slowly and tries more and more; that is no fault. */
const GROWING = 1.15

/** What the server has noticed, and then what this browser has in its latest seconds (newest last). */
export function healthWarnings(
  seconds: readonly PublicationStatistics[],
  fromServer: readonly HealthWarning[],
): HealthWarning[] {
  const warnings = [...fromServer]
  const latest = seconds.slice(-LASTING)
  if (latest.length < LASTING) return warnings
  const lasts = (fault: (second: PublicationStatistics) => boolean) => latest.every(fault)
  const [first, last] = [latest[0]?.bitrate ?? 0, latest.at(-1)?.bitrate ?? 0]

  if (lasts(({ qualityLimitation }) => qualityLimitation === 'cpu'))
    warnings.push({ code: 'cpu', ...healthTexts.cpu })
  if (lasts(({ qualityLimitation }) => qualityLimitation === 'bandwidth') && last < first * GROWING)
    warnings.push({ code: 'bandwidth', ...healthTexts.bandwidth })
  if (lasts(({ loss }) => loss > MUCH_LOSS)) warnings.push({ code: 'loss', ...healthTexts.loss })
  // Of JPEG frames there are as many as were asked for, or as are watched.
  if (
    lasts(
      ({ framesPerSecond, videoCodec }) =>
        framesPerSecond > 0 && framesPerSecond < FEW_FRAMES && videoCodec !== 'JPEG',
    )
  )
    warnings.push({ code: 'frames', ...healthTexts.frames })
  return warnings
}
