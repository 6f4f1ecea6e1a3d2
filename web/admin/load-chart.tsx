import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import UPlot from 'uplot'

const HEIGHT = 150
const FEWEST_PIXELS_BETWEEN_TIMES = 90
const COLOURS = ['accent', 'good']

/** Lines over time, read point by point with the mouse and with the arrow keys. */
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
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const latest = useRef({ times, series, format, onLook })
  const scheme = useComputedColorScheme()
  latest.current = { times, series, format, onLook }

  useEffect(() => {
    if (!box.current) return
    const element = box.current
    const { current } = latest
    const plot = new UPlot(
      optionsOf(element.clientWidth, current.series.length, {
        looked: (index) => latest.current.onLook(index ?? undefined),
        valueText: (value) => latest.current.format(value),
      }),
      dataOf(current),
      element,
    )
    chart.current = plot
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    resizing.observe(element)
    return () => {
      resizing.disconnect()
      plot.destroy()
    }
  }, [])
  useEffect(() => chart.current?.setData(dataOf({ times, series })), [times, series])
  useEffect(() => chart.current?.redraw(false), [scheme])

  return (
    <div
      ref={box}
      className="load-chart"
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={step}
      onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
    />
  )

  function step(event: KeyboardEvent) {
    const plot = chart.current
    const last = times.length - 1
    const at = plot?.cursor.idx ?? last
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
    const time = times[Math.min(last, Math.max(0, to ?? 0))]
    if (!plot || to === undefined || time === undefined) return
    event.preventDefault()
    plot.setCursor({ left: plot.valToPos(time, 'x'), top: HEIGHT / 2 })
  }
}

function dataOf({
  times,
  series,
}: {
  times: readonly number[]
  series: readonly (readonly number[])[]
}): UPlot.AlignedData {
  return [[...times], ...series.map((values) => [...values])]
}

/** Colours are asked for at each drawing, for the scheme may change. */
function optionsOf(
  width: number,
  lines: number,
  { looked, valueText }: { looked: (index: number | null) => void; valueText: (value: number) => string },
): UPlot.Options {
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
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: {
      setCursor: [
        ({ cursor }) => looked(cursor.left !== undefined && cursor.left >= 0 ? (cursor.idx ?? null) : null),
      ],
    },
    scales: { y: { range: (_plot, _lowest, highest) => [0, highest > 0 ? highest * 1.15 : 1] } },
    axes: [
      { ...axis, size: 28, grid: { show: false }, space: FEWEST_PIXELS_BETWEEN_TIMES, values: timesOf },
      {
        ...axis,
        size: 76,
        space: 36,
        grid: { stroke: colour('line'), width: 1 },
        values: (_plot, ticks) => ticks.map(valueText),
      },
    ],
    series: [
      {},
      ...Array.from({ length: lines }, (_, index) => ({
        stroke: colour(COLOURS[index] ?? 'dim'),
        width: 1.75,
        ...(lines === 1 && { fill: colour('beam') }),
        points: { show: false },
      })),
    ],
  }
}

/** As the reader writes times. */
function timesOf(_plot: UPlot, ticks: number[], _axis: number, _space: number, distance: number): string[] {
  return ticks.map((tick) =>
    new Date(tick * 1000).toLocaleTimeString(undefined, {
      hour: '2-digit',
      minute: '2-digit',
      ...(distance < 60 && { second: '2-digit' }),
    }),
  )
}
