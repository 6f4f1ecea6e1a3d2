import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import UPlot from 'uplot'

/** What one chart has that others have not; read once. */
export type TimeChartLook = {
  height: number
  padding: UPlot.Padding
  cursor: UPlot.Cursor.Points
  range: (highest: number) => UPlot.Range.MinMax
  times: Pick<UPlot.Axis, 'size' | 'space'>
  values: UPlot.Axis
  lines: UPlot.Series[]
}

/** Of the page, asked for at each drawing, for the scheme may change. */
export function colour(name: string): () => string {
  return () => getComputedStyle(document.documentElement).getPropertyValue(`--k-${name}`).trim()
}

/** Lines over time, as wide as their place, read point by point with the mouse and with the arrow keys. */
export function TimeChart({
  className,
  label,
  data,
  points,
  look,
  onLook,
}: {
  className: string
  label: string
  /** Seconds since the epoch, and the values of each line. */
  data: UPlot.AlignedData
  /** How many of them can be looked at, from the first. */
  points: number
  look: () => TimeChartLook
  onLook: (index: number | undefined) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const latest = useRef({ data, look, onLook })
  const scheme = useComputedColorScheme()
  latest.current = { data, look, onLook }

  useEffect(() => {
    if (!box.current) return
    const element = box.current
    const own = latest.current.look()
    const looked = (index: number | undefined) => latest.current.onLook(index)
    const plot = new UPlot(optionsOf(own, element.clientWidth, looked), latest.current.data, element)
    chart.current = plot
    const resizing = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: own.height }),
    )
    resizing.observe(element)
    return () => {
      resizing.disconnect()
      plot.destroy()
      looked(undefined)
    }
  }, [])
  useEffect(() => chart.current?.setData(data), [data])
  useEffect(() => chart.current?.redraw(false), [scheme])

  return (
    <div
      ref={box}
      className={className}
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={step}
      onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
    />
  )

  function step(event: KeyboardEvent) {
    const plot = chart.current
    const last = points - 1
    const at = plot?.cursor.idx ?? (event.key === 'ArrowLeft' ? points : -1)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
    if (!plot || to === undefined) return
    const time = plot.data[0][Math.min(last, Math.max(0, to))]
    if (time === undefined) return
    event.preventDefault()
    plot.setCursor({ left: plot.valToPos(time, 'x'), top: plot.height / 2 })
  }
}

function optionsOf(
  { height, padding, cursor, range, times, values, lines }: TimeChartLook,
  width: number,
  looked: (index: number | undefined) => void,
): UPlot.Options {
  const axis: UPlot.Axis = {
    stroke: colour('dim'),
    font: '12px system-ui, sans-serif',
    ticks: { show: false },
  }
  return {
    ...{ width, height, padding },
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: cursor },
    hooks: {
      setCursor: [({ cursor: { left = -1, idx } }) => looked(left >= 0 ? (idx ?? undefined) : undefined)],
    },
    scales: { y: { range: (_plot, _lowest, highest) => range(highest) } },
    axes: [
      { ...axis, ...times, grid: { show: false }, values: timesOf },
      { ...axis, ...values, grid: { stroke: colour('line'), width: 1 } },
    ],
    series: [{}, ...lines],
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
