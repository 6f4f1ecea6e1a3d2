import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import UPlot from 'uplot'
import type { AudienceOverTime, AudiencePoint } from '../../client/index.ts'
import { texts } from './texts.ts'

const HEIGHT = 220
const { stepped } = UPlot.paths
const FEWEST_PIXELS_BETWEEN_TIMES = 80

/** A line that steps with the audience. It can be read point by point, with the mouse and with the arrow keys. */
export default function AudienceChart({
  audience,
  label,
  onLook,
}: {
  audience: AudienceOverTime
  label: string
  onLook: (point: AudiencePoint | undefined) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const looks = useRef({ audience, onLook })
  const scheme = useComputedColorScheme()
  looks.current = { audience, onLook }

  useEffect(() => {
    if (!box.current) return
    const element = box.current
    const plot = new UPlot(
      optionsOf(element.clientWidth, (index) => {
        const { audience, onLook } = looks.current
        onLook(index === null || index === undefined ? undefined : audience.points[index])
      }),
      dataOf(looks.current.audience),
      element,
    )
    chart.current = plot
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    resizing.observe(element)
    return () => {
      resizing.disconnect()
      plot.destroy()
      looks.current.onLook(undefined)
    }
  }, [])
  useEffect(() => chart.current?.setData(dataOf(audience)), [audience])
  useEffect(() => chart.current?.redraw(false), [scheme])

  return (
    <div
      ref={box}
      className="admin-chart"
      role="img"
      aria-label={`${label}. ${texts.chartKeys}`}
      tabIndex={0}
      onKeyDown={step}
      onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
    />
  )

  function step(event: KeyboardEvent) {
    const plot = chart.current
    const last = audience.points.length - 1
    const index = plot?.cursor.idx ?? (event.key === 'ArrowLeft' ? last + 1 : -1)
    const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key]
    if (!plot || next === undefined) return
    event.preventDefault()
    const [times = [], viewers = []] = plot.data
    const place = Math.min(last, Math.max(0, next))
    plot.setCursor({
      left: plot.valToPos(times[place] ?? 0, 'x'),
      top: plot.valToPos(viewers[place] ?? 0, 'y'),
    })
  }
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

/** Colours are asked for at each drawing, for the scheme may change. */
function optionsOf(width: number, looked: (index: number | null | undefined) => void): UPlot.Options {
  const colour = (name: string) => () =>
    getComputedStyle(document.documentElement).getPropertyValue(`--k-${name}`).trim()
  const axis: UPlot.Axis = {
    stroke: colour('dim'),
    font: '12px system-ui, sans-serif',
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT,
    padding: [12, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 9, fill: colour('accent'), stroke: colour('surface'), width: 2 },
    },
    hooks: {
      setCursor: [
        (plot) => looked(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? plot.cursor.idx : null),
      ],
    },
    scales: { y: { range: (_plot, _lowest, highest) => [0, Math.max(2, Math.ceil(highest * 1.15))] } },
    axes: [
      { ...axis, size: 32, grid: { show: false }, space: FEWEST_PIXELS_BETWEEN_TIMES, values: timesOf },
      {
        ...axis,
        size: 40,
        grid: { stroke: colour('line'), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
      },
    ],
    series: [
      {},
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

/** As the reader writes times; seconds only where they tell ticks apart. */
function timesOf(_plot: UPlot, ticks: number[], _axis: number, _space: number, distance: number): string[] {
  const shape: Intl.DateTimeFormatOptions =
    distance >= 86_400
      ? { day: 'numeric', month: 'short' }
      : { hour: '2-digit', minute: '2-digit', ...(distance < 60 && { second: '2-digit' }) }
  return ticks.map((tick) => new Date(tick * 1000).toLocaleString(undefined, shape))
}
