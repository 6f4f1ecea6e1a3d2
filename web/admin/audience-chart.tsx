import { useMemo } from 'react'
import UPlot from 'uplot'
import type { AudienceOverTime, AudiencePoint } from '../../client/index.ts'
import { texts } from './texts.ts'
import { colour, TimeChart, type TimeChartLook } from './time-chart.tsx'

/** A line that steps with the audience. */
export default function AudienceChart({
  audience,
  label,
  onLook,
}: {
  audience: AudienceOverTime
  label: string
  onLook: (point: AudiencePoint | undefined) => void
}) {
  const { points } = audience
  const data = useMemo(() => dataOf(audience), [audience])
  return (
    <TimeChart
      className="admin-chart"
      label={`${label}. ${texts.chartKeys}`}
      points={points.length}
      look={look}
      data={data}
      onLook={(index) => onLook(index === undefined ? undefined : points[index])}
    />
  )
}

function dataOf({ points, to }: AudienceOverTime): UPlot.AlignedData {
  const end = points.at(-1)
  const times = points.map(({ at }) => Date.parse(at) / 1000)
  const viewers = points.map((point) => point.viewers)
  // The last step reaches to the end of the range.
  return end
    ? [
        [...times, Date.parse(to) / 1000],
        [...viewers, end.viewers],
      ]
    : [times, viewers]
}

function look(): TimeChartLook {
  const { stepped } = UPlot.paths
  return {
    height: 220,
    padding: [12, 8, 0, 0],
    cursor: { size: 9, fill: colour('accent'), stroke: colour('surface'), width: 2 },
    range: (highest) => [0, Math.max(2, Math.ceil(highest * 1.15))],
    times: { size: 32, space: 80 },
    values: { size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
    lines: [
      {
        stroke: colour('accent'),
        width: 2,
        fill: colour('beam'),
        ...(stepped && { paths: stepped({ align: 1 }) }),
        points: { show: false },
      },
    ],
  }
}
