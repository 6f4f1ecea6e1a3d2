import { IconCircleCheck } from '@tabler/icons-react'
import type { BroadcastView, PublicationStatistics } from '../../client/index.ts'
import { bitrateText, percentText, resolutionText } from '../figures.ts'
import { Callout } from './callout.tsx'
import { healthWarnings } from './health-warnings.ts'
import { texts } from './texts.ts'

const NOTHING = '–'

/** How well the media leaves this browser, or reaches the server from another encoder. */
export function HealthCard({
  broadcast,
  seconds,
}: {
  broadcast: BroadcastView
  seconds: readonly PublicationStatistics[]
}) {
  const statistics = seconds.at(-1)
  const warnings = healthWarnings(seconds, broadcast.warnings)
  const figures = statistics ? figuresHere(statistics) : figuresThere(broadcast)
  const sending = statistics !== undefined || broadcast.health !== null
  return (
    <section className="studio-card studio-fields" aria-labelledby="health-card">
      <div className="studio-head">
        <h2 id="health-card" className="studio-subtitle">
          {texts.health}
        </h2>
        {sending && warnings.length === 0 && (
          <span className="studio-good">
            <IconCircleCheck size={18} aria-hidden="true" />
            {texts.healthGood}
          </span>
        )}
        {!sending && <span className="k-dim">{texts.healthWaiting}</span>}
      </div>
      <dl className="studio-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {statistics && isWaitingForViewers(statistics, broadcast) && (
        <span className="k-dim">{texts.framesUnwatched}</span>
      )}
      {warnings.map(({ code, message, cure }) => (
        <Callout key={code} kind="warn" title={message} hint={cure} />
      ))}
    </section>
  )
}

/** Frames a second that are sent while nobody takes them, and one by chance. */
const UNWATCHED = 3

function isWaitingForViewers(
  { videoCodec, framesPerSecond }: PublicationStatistics,
  { viewers }: BroadcastView,
): boolean {
  return videoCodec === 'JPEG' && viewers === 0 && framesPerSecond <= UNWATCHED
}

type Figures = [name: string, value: string][]
const names = texts.figures

function figuresHere(statistics: PublicationStatistics): Figures {
  const { width, height, roundTrip, videoCodec, audioCodec } = statistics
  return [
    [names.bitrate, bitrateText(statistics.bitrate)],
    [names.picture, height > 0 ? resolutionText(width, height) : NOTHING],
    [names.frames, height > 0 ? String(Math.round(statistics.framesPerSecond)) : NOTHING],
    [names.loss, percentText(statistics.loss)],
    [names.roundTrip, roundTrip === null ? NOTHING : `${Math.round(roundTrip)} ms`],
    [names.codec, videoCodec ?? audioCodec ?? NOTHING],
  ]
}

function figuresThere({ health, codecs }: BroadcastView): Figures {
  const layer = health?.layers.find(({ width }) => width !== undefined) ?? health?.layers[0]
  const size = layer?.width && layer.height ? resolutionText(layer.width, layer.height) : NOTHING
  return [
    [names.bitrate, health ? bitrateText(health.bitrate) : NOTHING],
    [names.picture, size],
    [names.frames, layer ? String(Math.round(layer.framesPerSecond)) : NOTHING],
    [names.loss, health ? percentText(health.loss) : NOTHING],
    [names.codec, codecs.length > 0 ? codecs.join(', ') : NOTHING],
  ]
}
