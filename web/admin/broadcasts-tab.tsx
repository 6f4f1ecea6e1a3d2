import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  type BroadcastState,
  type BroadcastView,
  listBroadcasts,
  removeBroadcast,
  rotateStreamKey,
  stopBroadcast,
} from '../../client/index.ts'
import { bitrateText, percentText } from '../figures.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { isOnAir } from '../live/on-air.ts'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { AudienceDialog } from './audience-dialog.tsx'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { TabFrame, TablePages, TableTools, useTableSearch } from './tab-frame.tsx'
import { oneOf } from './table-search.ts'
import { texts } from './tab-texts.ts'
import { type Told, ToldOnce } from './told-once.tsx'
import { useDeed } from './use-deed.tsx'
import { momentText } from './viewing-figures.ts'

const t = texts.broadcasts
const STATES = ['live', 'created', 'ended'] as const satisfies BroadcastState[]
const REFRESH = 3_000
const PAGE_SIZE = 50

/** Every broadcast of the server, whoever made it. */
export default function BroadcastsTab() {
  const [{ q, only, page = 1 }] = useTableSearch()
  const [told, setTold] = useState<Told>()
  const now = useNow(20_000)
  const filter = { of: 'all', q, state: oneOf(STATES, only) } as const
  const { data, isError } = useQuery({
    queryKey: ['admin', 'broadcasts', filter, page],
    queryFn: ({ signal }) =>
      listBroadcasts({ ...filter, page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(['admin', 'broadcasts'])
  const [looked, setLooked] = useState<BroadcastView>()

  return (
    <TabFrame
      title={texts.tabs.broadcasts}
      summary={isError ? texts.unreadable : data && t.summary(data.total)}
    >
      <TableTools
        placeholder={t.searchHint}
        choice={{
          label: t.state,
          all: t.all,
          of: { live: t.states.live, created: t.states.created, ended: t.states.ended },
        }}
      >
        <ExportButton
          name="broadcasts"
          read={(part) => listBroadcasts({ ...filter, page: part, pageSize: 200 }, { server: SERVER })}
          columns={{
            id: ({ id }) => id,
            title: ({ title }) => title,
            visibility: ({ visibility }) => visibility,
            state: ({ state }) => state,
            viewers: ({ viewers }) => viewers,
            createdAt: ({ createdAt }) => createdAt,
            startedAt: ({ startedAt }) => startedAt,
            endedAt: ({ endedAt }) => endedAt,
          }}
        />
      </TableTools>
      {shown}
      <ToldOnce told={told} onDone={() => setTold(undefined)} />
      <DataTable
        label={texts.tabs.broadcasts}
        rows={data?.items}
        none={t.none}
        columns={[
          {
            heading: t.title,
            cell: (broadcast) => (
              <TwoLines
                main={
                  <Link to="/view/$id/" params={{ id: broadcast.id }}>
                    {broadcastTitle(broadcast)}
                  </Link>
                }
                minor={`${broadcast.id} · ${t.visibilities[broadcast.visibility]}`}
              />
            ),
          },
          { heading: t.state, cell: (broadcast) => <State {...broadcast} /> },
          { heading: t.viewers, cell: ({ viewers }) => viewers.toLocaleString('en'), end: true },
          { heading: t.health, cell: (broadcast) => <Health {...broadcast} />, end: true },
          {
            heading: t.created,
            cell: ({ createdAt }) => momentText(Date.parse(createdAt), now),
            end: true,
          },
          {
            heading: texts.actions,
            actions: true,
            cell: (broadcast) => <Actions broadcast={broadcast} />,
          },
        ]}
      />
      {data && <TablePages {...data} />}
      <AudienceDialog broadcast={looked} onClose={() => setLooked(undefined)} />
    </TabFrame>
  )

  function Actions({ broadcast }: { broadcast: BroadcastView }) {
    const { id } = broadcast
    const title = broadcastTitle(broadcast)
    return (
      <div className="data-actions">
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${t.audience}: ${title}`}
          onClick={() => setLooked(broadcast)}
        >
          {t.audience}
        </Button>
        {isOnAir(broadcast) && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`${t.stop}: ${title}`}
            onClick={() =>
              act({
                run: () => stopBroadcast(id, { server: SERVER }),
                ask: { title: t.stopTitle(title), hint: t.stopHint, action: t.stop },
              })
            }
          >
            {t.stop}
          </Button>
        )}
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${t.rotate}: ${title}`}
          onClick={() =>
            act({
              run: async () => {
                const { streamKey } = await rotateStreamKey(id, { server: SERVER })
                setTold({ title: t.rotated, hint: title, label: t.streamKey, value: streamKey, secret: true })
              },
              ask: { title: t.rotateTitle(title), hint: t.rotateHint, action: t.rotate },
            })
          }
        >
          {t.rotate}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${t.remove}: ${title}`}
          onClick={() =>
            act({
              run: () => removeBroadcast(id, { server: SERVER }),
              ask: { title: t.removeTitle(title), hint: t.removeHint, action: t.remove },
            })
          }
        >
          {t.remove}
        </Button>
      </div>
    )
  }
}

function State({ state, warnings }: BroadcastView) {
  const tone = { live: 'good', reconnecting: 'warn', created: 'calm', ended: 'calm' } as const
  return (
    <TwoLines
      main={<Mark tone={tone[state]}>{t.states[state]}</Mark>}
      minor={
        warnings.length > 0 ? (
          <span title={warnings.map(({ message, cure }) => `${message} ${cure}`).join('\n')}>
            {t.warnings(warnings.length)}
          </span>
        ) : undefined
      }
    />
  )
}

function Health({ health, codecs }: BroadcastView) {
  if (!health) return '–'
  return (
    <TwoLines
      main={bitrateText(health.bitrate)}
      minor={`${codecs.join(' + ')}${health.loss > 0 ? ` · ${percentText(health.loss)} lost` : ''}`}
    />
  )
}
