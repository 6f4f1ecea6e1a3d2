import './dashboard.css'
import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { getOverview, listBroadcasts, listSamples, type LoadSample } from '../../client/index.ts'
import { bitrateText, spanText } from '../figures.ts'
import { LiveGrid } from '../live/live-grid.tsx'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { DataTable } from './data-table.tsx'
import { TabFrame } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { bytesText } from './viewing-figures.ts'

const LoadChart = lazy(() => import('./load-chart.tsx'))
const t = texts.dashboard
/** Milliseconds between two looks. */
const REFRESH = 3_000

type Figure = Exclude<keyof LoadSample, 'at'>

const CHARTS: readonly {
  title: string
  lines: readonly [Figure, string][]
  format: (value: number) => string
}[] = [
  { title: t.viewers, lines: [['viewers', t.viewers]], format: (value) => value.toLocaleString('en') },
  {
    title: t.traffic,
    lines: [
      ['bitrateOut', t.bitrateOut],
      ['bitrateIn', t.bitrateIn],
    ],
    format: bitrateText,
  },
  { title: t.processor, lines: [['processor', t.processor]], format: processorText },
  { title: t.memory, lines: [['memory', t.memory]], format: bytesText },
  { title: t.loopLag, lines: [['loopLag', t.loopLag]], format: lagText },
]

/** How the server is, and who is live. */
export default function Dashboard() {
  const [span, setSpan] = useState<'hour' | 'day'>('hour')
  const now = useNow(20_000)
  const overview = useQuery({
    queryKey: ['admin', 'overview'],
    queryFn: ({ signal }) => getOverview({ server: SERVER, signal }),
    refetchInterval: REFRESH,
  })
  const { data: samples } = useQuery({
    queryKey: ['admin', 'samples', span],
    queryFn: ({ signal }) => listSamples(span, { server: SERVER, signal }),
    refetchInterval: span === 'hour' ? REFRESH : 60_000,
    placeholderData: keepPreviousData,
  })
  const { data: live } = useQuery({
    queryKey: ['broadcasts', 'all', 'live'],
    queryFn: ({ signal }) =>
      listBroadcasts({ of: 'all', state: 'live', pageSize: 24 }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
  })
  const { data } = overview

  return (
    <TabFrame
      title={texts.tabs.dashboard}
      summary={
        overview.isError
          ? texts.unreadable
          : data && t.upFor(data.version, spanText(now - Date.parse(data.startedAt)))
      }
    >
      <dl className="dashboard-figures">
        <Tile name={t.live} value={data?.live.toLocaleString('en')} />
        <Tile name={t.viewers} value={data?.viewers.toLocaleString('en')} />
        <Tile name={t.bitrateIn} value={data && bitrateText(data.bitrateIn)} />
        <Tile name={t.bitrateOut} value={data && bitrateText(data.bitrateOut)} />
        <Tile
          name={t.processor}
          value={data && processorText(data.processor)}
          minor={data && t.ofProcessors(data.processors)}
        />
        <Tile
          name={t.memory}
          value={data && bytesText(data.memory)}
          minor={data && t.ofMemory(bytesText(data.memoryTotal))}
        />
        <Tile name={t.loopLag} value={data && lagText(data.loopLag)} />
        <Tile
          name={t.disk}
          value={data && (data.disk ? bytesText(data.disk.free) : '–')}
          minor={data?.disk ? t.ofMemory(bytesText(data.disk.total)) : undefined}
        />
      </dl>

      <h2 className="admin-section">{t.liveNow}</h2>
      <LiveGrid broadcasts={live?.items} />

      <div className="dashboard-charts-head">
        <h2 className="admin-section">{t[span]}</h2>
        <SegmentedControl
          aria-label={t.span}
          value={span}
          data={[
            { value: 'hour', label: t.hour },
            { value: 'day', label: t.day },
          ]}
          onChange={(value) => setSpan(value === 'day' ? 'day' : 'hour')}
        />
      </div>
      {samples?.length === 0 ? (
        <p className="admin-none">{t.noSamples(span)}</p>
      ) : (
        <div className="dashboard-charts">
          {samples && CHARTS.map((chart) => <ChartCard key={chart.title} {...chart} samples={samples} />)}
        </div>
      )}

      <h2 className="admin-section">{t.workers}</h2>
      <DataTable
        label={t.workers}
        rows={data?.workers}
        none="–"
        columns={[
          { heading: t.worker, cell: ({ id }) => id },
          { heading: 'PID', cell: ({ pid }) => pid, end: true },
          { heading: t.sessions, cell: ({ sessions }) => sessions, end: true },
          { heading: t.memory, cell: ({ memory }) => bytesText(memory), end: true },
          { heading: t.loopLag, cell: ({ loopLag }) => lagText(loopLag), end: true },
        ]}
      />
    </TabFrame>
  )
}

function Tile({
  name,
  value,
  minor,
}: {
  name: string
  value: string | undefined
  minor?: string | undefined
}) {
  return (
    <div className="dashboard-figure">
      <dt>{name}</dt>
      <dd>
        {value ?? '…'}
        {minor !== undefined && <span className="dashboard-minor"> {minor}</span>}
      </dd>
    </div>
  )
}

function ChartCard({
  title,
  lines,
  format,
  samples,
}: (typeof CHARTS)[number] & { samples: readonly LoadSample[] }) {
  const [looked, setLooked] = useState<number>()
  const times = useMemo(() => samples.map(({ at }) => Date.parse(at) / 1000), [samples])
  const series = useMemo(
    () => lines.map(([figure]) => samples.map((sample) => sample[figure])),
    [lines, samples],
  )
  const shown = samples[looked ?? samples.length - 1] ?? samples.at(-1)
  const values = lines.map(([figure, name]) => {
    const text = format(shown?.[figure] ?? 0)
    return lines.length > 1 ? `${name} ${text}` : text
  })
  const reading = values.join(', ')
  return (
    <section className="dashboard-chart" aria-label={title}>
      <h3>{title}</h3>
      <p className="k-dim" aria-live={looked === undefined ? 'off' : 'polite'}>
        {looked !== undefined && shown && `${new Date(shown.at).toLocaleTimeString()}: `}
        {lines.length > 1
          ? lines.map(([figure], index) => (
              <span key={figure} className="dashboard-line" data-line={index}>
                {values[index]}
              </span>
            ))
          : reading}
      </p>
      <Suspense fallback={<div className="load-chart" />}>
        <LoadChart
          times={times}
          series={series}
          format={format}
          label={`${t.chart(title, reading)}. ${t.keys}`}
          onLook={setLooked}
        />
      </Suspense>
    </section>
  )
}

function processorText(processors: number): string {
  return processors.toFixed(2)
}

function lagText(seconds: number): string {
  const milliseconds = seconds * 1000
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
}
