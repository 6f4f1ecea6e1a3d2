import { useMemo } from 'react'
import { colour, TimeChart, type TimeChartLook } from './time-chart.tsx'

const COLOURS = ['accent', 'good']

/** One line or two of how the server is. */
export default function LoadChart({
  times,
  series,
  format,
  label,
  onLook,
}: {
  /** Seconds since the epoch. */
  times: readonly number[]
  series: readonly (readonly number[])[]
  format: (value: number) => string
  label: string
  onLook: (index: number | undefined) => void
}) {
  const data = useMemo(
    (): [number[], ...number[][]] => [[...times], ...series.map((values) => [...values])],
    [times, series],
  )
  return (
    <TimeChart
      className="load-chart"
      points={times.length}
      look={() => lookOf(series.length, format)}
      {...{ label, data, onLook }}
    />
  )
}

function lookOf(lines: number, format: (value: number) => string): TimeChartLook {
  return {
    height: 150,
    padding: [10, 8, 0, 0],
    cursor: { size: 7 },
    range: (highest) => [0, highest > 0 ? highest * 1.15 : 1],
    times: { size: 28, space: 90 },
    values: { size: 76, space: 36, values: (_plot, ticks) => ticks.map(format) },
    lines: Array.from({ length: lines }, (_, index) => ({
      stroke: colour(COLOURS[index] ?? 'dim'),
      width: 1.75,
      ...(lines === 1 && { fill: colour('beam') }),
      points: { show: false },
    })),
  }
}
