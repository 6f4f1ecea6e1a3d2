import type { BroadcastView, PublicationStatistics } from '../../client/index.ts'
import { healthTexts } from './texts.ts'

/** Something that viewers feel, and its cure. */
export type HealthWarning = BroadcastView['warnings'][number]

const MUCH_LOSS = 0.05
const FEW_FRAMES = 12

/** What the server has noticed, and then what this browser has. */
export function healthWarnings(
  statistics: PublicationStatistics | undefined,
  fromServer: readonly HealthWarning[],
): HealthWarning[] {
  const warnings = [...fromServer]
  if (!statistics) return warnings
  const { qualityLimitation, loss, framesPerSecond, framesEncoded } = statistics
  if (qualityLimitation === 'cpu') warnings.push({ code: 'cpu', ...healthTexts.cpu })
  if (qualityLimitation === 'bandwidth') warnings.push({ code: 'bandwidth', ...healthTexts.bandwidth })
  if (loss > MUCH_LOSS) warnings.push({ code: 'loss', ...healthTexts.loss })
  const started = framesEncoded > 5 * FEW_FRAMES
  if (started && framesPerSecond > 0 && framesPerSecond < FEW_FRAMES)
    warnings.push({ code: 'frames', ...healthTexts.frames })
  return warnings
}
