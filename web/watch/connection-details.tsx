import { bitrateText, percentText } from '../figures.ts'
import { texts } from './texts.ts'
import type { ViewingNow } from './use-viewing.ts'

/** For those who want to know: every figure of the connection. */
export function ConnectionDetails({ now }: { now: ViewingNow }) {
  const { statistics, latency } = now
  if (!statistics) return <div className="watch-details-room" />
  const { width, height, videoCodec, audioCodec, roundTrip, jitterBuffer } = statistics
  const milliseconds = (value: number | null) =>
    value === null ? texts.unknownFigure : `${Math.round(value)} ms`
  const names = texts.figures
  const figures: [name: string, value: string][] = [
    [names.latency, latency === null ? texts.unknownFigure : texts.latency(latency)],
    [names.picture, height > 0 ? `${width} × ${height}` : texts.unknownFigure],
    [names.bitrate, bitrateText(statistics.bitrate)],
    [names.frames, String(Math.round(statistics.framesPerSecond))],
    [
      names.codec,
      [videoCodec, audioCodec].filter((codec) => codec !== null).join(', ') || texts.unknownFigure,
    ],
    [names.loss, percentText(statistics.loss)],
    [names.roundTrip, milliseconds(roundTrip)],
    [names.buffer, milliseconds(jitterBuffer)],
    [names.dropped, String(statistics.framesDropped)],
    [names.freezes, String(statistics.freezeCount)],
  ]
  return (
    <details className="watch-details">
      <summary>{texts.details}</summary>
      <dl className="watch-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="watch-keys">{texts.keys}</p>
    </details>
  )
}
