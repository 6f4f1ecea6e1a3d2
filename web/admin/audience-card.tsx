import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { type AudiencePoint, getViewersOverTime } from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import { viewersText } from '../figures.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { SERVER } from '../server-address.ts'
import { texts } from './texts.ts'

const AudienceChart = lazy(() => import('./audience-chart.tsx'))

/** How many watched one broadcast at once, over its latest run. */
export function AudienceCard({ id, refresh }: { id: string; refresh: number }) {
  const [looked, setLooked] = useState<AudiencePoint>()
  const { data: broadcast } = useQuery({ ...broadcastQuery(id), refetchInterval: refresh })
  const { data: audience } = useQuery({
    queryKey: ['audience', id],
    queryFn: ({ signal }) => getViewersOverTime(id, { server: SERVER, signal }),
    refetchInterval: refresh,
  })
  if (!broadcast || !audience) return null
  const title = broadcastTitle(broadcast)
  const peak = audience.peak
    ? texts.peak(viewersText(audience.peak.viewers), timeText(audience.peak.at))
    : texts.nobody
  return (
    <section className="admin-audience" aria-label={texts.audienceOf(title)}>
      <div className="admin-audience-head">
        <h2 className="admin-subtitle">
          <span className="admin-eyebrow">{texts.audience}</span>
          <Link to="/view/$id/" params={{ id }} className="admin-subject">
            {title}
          </Link>
        </h2>
        <p className="k-dim admin-reading" aria-live="polite">
          {looked ? texts.at(timeText(looked.at), viewersText(looked.viewers)) : peak}
        </p>
      </div>
      {audience.peak && (
        <Suspense fallback={<div className="admin-chart" />}>
          <AudienceChart
            audience={audience}
            label={`${texts.audienceOf(title)}. ${peak}`}
            onLook={setLooked}
          />
        </Suspense>
      )}
    </section>
  )
}

function timeText(time: string): string {
  return new Date(time).toLocaleTimeString()
}
