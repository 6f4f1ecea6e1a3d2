import './audience-dialog.css'
import { Button, Modal, NativeSelect } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type AudienceView,
  type BroadcastView,
  type ExclusionView,
  kickPublisher,
  kickViewer,
  liftExclusion,
  listAudience,
} from '../../client/index.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { DataTable, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { Named } from './named.tsx'
import { texts } from './tab-texts.ts'
import { type Deed, useDeed } from './use-deed.tsx'
import { bytesText, momentText } from './viewing-figures.ts'

const t = texts.broadcasts
const REFRESH = 2_000
const PAGE_SIZE = 25
const STAYS = [10, 60, 1440, 0]

/** Who publishes and who watches a broadcast now, and out with them. */
export function AudienceDialog({
  broadcast,
  onClose,
}: {
  broadcast: BroadcastView | undefined
  onClose: () => void
}) {
  return (
    <Modal
      opened={broadcast !== undefined}
      onClose={onClose}
      title={broadcast && t.audienceOf(broadcastTitle(broadcast))}
      size="56rem"
      lockScroll={false}
      radius="lg"
      closeButtonProps={{ 'aria-label': texts.close }}
      classNames={{ title: 'confirmation-title' }}
    >
      {broadcast && <Audience key={broadcast.id} broadcast={broadcast} />}
    </Modal>
  )
}

function Audience({ broadcast }: { broadcast: BroadcastView }) {
  const { id } = broadcast
  const [page, setPage] = useState(1)
  const [minutes, setMinutes] = useState(10)
  const queryKey = ['admin', 'audience', id]
  const { data, isError } = useQuery({
    queryKey: [...queryKey, page],
    queryFn: ({ signal }) => listAudience(id, { page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(queryKey)

  return (
    <>
      {shown}
      {isError && <p role="status">{texts.unreadable}</p>}
      <div className="audience-tools">
        <NativeSelect
          label={t.kickFor}
          value={String(minutes)}
          data={STAYS.map((stay) => ({ value: String(stay), label: t.stays[stay] ?? '' }))}
          onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}
        />
        <ExportButton
          name={`audience-${id}`}
          read={(part) => listAudience(id, { page: part, pageSize: 200 }, { server: SERVER })}
          columns={{
            id: (viewer) => viewer.id,
            protocol: ({ protocol }) => protocol,
            address: ({ address }) => address,
            userId: ({ userId }) => userId,
            startedAt: ({ startedAt }) => startedAt,
            bytes: ({ bytes }) => bytes,
          }}
        />
      </div>
      <Publisher {...{ broadcast, minutes, act }} publisher={data?.publisher} />
      <Viewers
        {...{ data, act }}
        onKick={(viewing) => kickViewer(id, viewing, minutes, { server: SERVER })}
      />
      {data && data.total > data.pageSize && (
        <Pages page={data.page} last={Math.ceil(data.total / data.pageSize)} onPage={setPage} />
      )}
      <Exclusions
        exclusions={data?.exclusions ?? []}
        onLift={(exclusion) => act({ run: () => liftExclusion(id, exclusion, { server: SERVER }) })}
      />
    </>
  )
}

function Publisher({
  broadcast,
  publisher,
  minutes,
  act,
}: {
  broadcast: BroadcastView
  publisher: AudienceView['publisher'] | undefined
  minutes: number
  act: (deed: Deed) => void
}) {
  const title = broadcastTitle(broadcast)
  return (
    <section>
      <h2 className="admin-section">{t.publisher}</h2>
      {publisher ? (
        <div className="audience-publisher">
          <span>
            <TwoLines
              main={<Who userId={publisher.userId} />}
              minor={`${t.doors[publisher.protocol] ?? publisher.protocol} · ${publisher.address}`}
            />
          </span>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`${t.kick}: ${t.publisher}`}
            onClick={() =>
              act({
                run: () => kickPublisher(broadcast.id, minutes, { server: SERVER }),
                ask: { title: t.kickPublisherTitle(title), hint: t.kickPublisherHint, action: t.kick },
              })
            }
          >
            {t.kick}
          </Button>
        </div>
      ) : (
        <p className="k-dim">{publisher === null && t.noPublisher}</p>
      )}
    </section>
  )
}

function Viewers({
  data,
  act,
  onKick,
}: {
  data: AudienceView | undefined
  act: (deed: Deed) => void
  onKick: (viewing: string) => Promise<unknown>
}) {
  const now = useNow(20_000)
  return (
    <section>
      <h2 className="admin-section" role="status">
        {data && t.watching(data.total)}
      </h2>
      <DataTable
        label={t.viewers}
        rows={data?.items}
        none={t.nobodyWatches}
        columns={[
          {
            heading: t.viewer,
            cell: ({ userId, address }) => <TwoLines main={<Who userId={userId} />} minor={address} />,
          },
          { heading: t.door, cell: ({ protocol }) => t.doors[protocol] ?? protocol },
          { heading: t.since, cell: ({ startedAt }) => momentText(Date.parse(startedAt), now) },
          { heading: t.sent, cell: ({ bytes }) => bytesText(bytes), end: true },
          {
            heading: texts.actions,
            actions: true,
            cell: ({ id, address }) => (
              <div className="data-actions">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t.kick}: ${address}`}
                  onClick={() => act({ run: () => onKick(id) })}
                >
                  {t.kick}
                </Button>
              </div>
            ),
          },
        ]}
      />
    </section>
  )
}

function Pages({ page, last, onPage }: { page: number; last: number; onPage: (page: number) => void }) {
  return (
    <nav className="admin-pages" aria-label={texts.pages}>
      <Button variant="default" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {texts.previous}
      </Button>
      <span className="k-dim admin-range">{texts.pageOf(page, last)}</span>
      <Button variant="default" disabled={page >= last} onClick={() => onPage(page + 1)}>
        {texts.next}
      </Button>
    </nav>
  )
}

function Exclusions({
  exclusions,
  onLift,
}: {
  exclusions: readonly ExclusionView[]
  onLift: (exclusion: string) => void
}) {
  const now = useNow(20_000)
  if (exclusions.length === 0) return null
  return (
    <section>
      <h2 className="admin-section">{t.excluded}</h2>
      <DataTable
        label={t.excluded}
        rows={exclusions}
        none=""
        columns={[
          {
            heading: t.viewer,
            cell: ({ kind, userId, address }) => (
              <TwoLines
                main={kind === 'publisher' ? t.everyPublisher : <Who userId={userId} />}
                minor={address ?? undefined}
              />
            ),
          },
          { heading: t.until, cell: ({ until }) => momentText(Date.parse(until), now) },
          {
            heading: texts.actions,
            actions: true,
            cell: ({ id, address }) => (
              <div className="data-actions">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t.letIn}: ${address ?? t.publisher}`}
                  onClick={() => onLift(id)}
                >
                  {t.letIn}
                </Button>
              </div>
            ),
          },
        ]}
      />
    </section>
  )
}

function Who({ userId }: { userId: string | null }) {
  return userId === null ? t.anonymous : <Named userId={userId} />
}
