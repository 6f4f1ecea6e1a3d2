import { Button } from '@mantine/core'
import { IconBroadcast } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { forgetViewer, listBroadcasts, listViewings } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Notice } from '../shell/notice.tsx'
import { useNow } from '../use-now.ts'
import { useTitle } from '../use-title.ts'
import { AudienceCard } from './audience-card.tsx'
import { LogFilters } from './log-filters.tsx'
import { LogPages } from './log-pages.tsx'
import { filterOf } from './log-search.ts'
import { texts } from './texts.ts'
import { useDeed } from './use-deed.tsx'
import { ViewingTable } from './viewing-table.tsx'

const route = getRouteApi('/framed/admin/watch-log')
/** Milliseconds from one look at the server to the next. */
const REFRESH = 3_000
const PAGE_SIZE = 50

/** The log with all that narrows it, kept up to date while it is looked at. */
export default function WatchLog() {
  useTitle(texts.title)
  const { page = 1, ...search } = route.useSearch()
  const now = useNow(1000)
  const log = useQuery({
    queryKey: ['viewings', search, page],
    queryFn: ({ signal }) =>
      listViewings({ ...filterOf(search), page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  })
  const { data: broadcasts } = useQuery({
    queryKey: ['broadcasts'],
    queryFn: ({ signal }) => listBroadcasts({ pageSize: 100 }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
  })
  const shown =
    search.broadcast ??
    broadcasts?.items.find(({ state }) => state === 'live' || state === 'reconnecting')?.id ??
    broadcasts?.items.find(({ startedAt }) => startedAt !== null)?.id
  const { act, shown: outcome } = useDeed(['viewings'])
  const forget = (user: string) =>
    act({
      run: () => forgetViewer(user, { server: SERVER }),
      ask: { title: texts.forgetUser, hint: texts.forgetHint, action: texts.forget },
    })
  const isFiltered = Object.keys(search).length > 0
  if (log.data?.total === 0 && !isFiltered && !shown) return <NothingYet />

  return (
    <>
      <div className="admin-head">
        <h1 className="admin-title">{texts.title}</h1>
        <p className="k-dim admin-summary" role="status">
          {summary()}
        </p>
      </div>
      {shown !== undefined && <AudienceCard id={shown} refresh={REFRESH} />}
      <LogFilters search={search} broadcasts={broadcasts?.items ?? []} />
      {outcome}
      {log.data?.total === 0 ? (
        <p className="admin-none">
          <strong>{isFiltered ? texts.noMatch : texts.nothing}</strong>
          <span className="k-dim">{isFiltered ? texts.noMatchHint : texts.nothingHint}</span>
        </p>
      ) : (
        <ViewingTable viewings={log.data?.items} now={now} onForget={forget} />
      )}
      {log.data && log.data.total > PAGE_SIZE && <LogPages {...log.data} />}
    </>
  )

  function summary() {
    if (log.isError) return texts.failed
    return log.data ? texts.summary(log.data.total, log.data.watching) : texts.loading
  }
}

function NothingYet() {
  return (
    <Notice title={texts.nothing} hint={texts.nothingHint}>
      <Button
        leftSection={<IconBroadcast size={18} />}
        renderRoot={(props) => <Link to="/broadcast/" {...props} />}
      >
        {texts.goLive}
      </Button>
    </Notice>
  )
}
