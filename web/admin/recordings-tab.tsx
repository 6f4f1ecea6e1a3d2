import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getOverview, listAllRecordings, removeRecording } from '../../client/index.ts'
import { clockText } from '../figures.ts'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { TabFrame, TablePages, TableTools, useTableSearch } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { useDeed } from './use-deed.tsx'
import { bytesText, momentText } from './viewing-figures.ts'

const t = texts.recordings
const REFRESH = 5_000
const PAGE_SIZE = 50
const TONES = { ready: 'good', recording: 'calm', failed: 'bad' } as const

/** Recordings of every broadcast, and the room that is left. */
export default function RecordingsTab() {
  const [{ page = 1 }] = useTableSearch()
  const now = useNow(20_000)
  const { data, isError } = useQuery({
    queryKey: ['admin', 'recordings', page],
    queryFn: ({ signal }) => listAllRecordings({ page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  })
  const { data: overview } = useQuery({
    queryKey: ['admin', 'overview'],
    queryFn: ({ signal }) => getOverview({ server: SERVER, signal }),
    refetchInterval: REFRESH,
  })
  const { act, shown } = useDeed(['admin', 'recordings'])
  const disk = overview?.disk
  const room = disk ? `, ${t.free(bytesText(disk.free), bytesText(disk.total))}` : ''

  return (
    <TabFrame
      title={texts.tabs.recordings}
      summary={isError ? texts.unreadable : data && t.summary(data.total) + room}
    >
      <TableTools>
        <ExportButton
          name="recordings"
          read={(part) => listAllRecordings({ page: part, pageSize: 200 }, { server: SERVER })}
          columns={{
            id: ({ id }) => id,
            broadcastId: ({ broadcastId }) => broadcastId,
            title: ({ title }) => title,
            state: ({ state }) => state,
            truncated: ({ truncated }) => truncated,
            startedAt: ({ startedAt }) => startedAt,
            duration: ({ duration }) => duration,
            size: ({ size }) => size,
          }}
        />
      </TableTools>
      {shown}
      <DataTable
        label={texts.tabs.recordings}
        rows={data?.items}
        none={t.none}
        columns={[
          {
            heading: t.title,
            cell: ({ id, title, broadcastId, state }) => (
              <TwoLines
                main={
                  state === 'ready' ? (
                    <Link to="/library/$kind/$id/" params={{ kind: 'recording', id }}>
                      {title || broadcastId}
                    </Link>
                  ) : (
                    title || broadcastId
                  )
                }
                minor={broadcastId}
              />
            ),
          },
          {
            heading: t.state,
            cell: ({ state, truncated }) => (
              <TwoLines
                main={<Mark tone={TONES[state]}>{t.states[state]}</Mark>}
                minor={
                  truncated ? (
                    <span title={t.truncatedHint}>
                      <Mark tone="warn">{t.truncated}</Mark>
                    </span>
                  ) : undefined
                }
              />
            ),
          },
          { heading: t.started, cell: ({ startedAt }) => momentText(Date.parse(startedAt), now), end: true },
          { heading: t.duration, cell: ({ duration }) => clockText(duration * 1000), end: true },
          { heading: t.size, cell: ({ size }) => bytesText(size), end: true },
          {
            heading: texts.actions,
            actions: true,
            cell: ({ id, title, broadcastId, state }) => (
              <div className="data-actions">
                {state !== 'recording' && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`${t.remove}: ${title || broadcastId}`}
                    onClick={() =>
                      act({
                        run: () => removeRecording(id, { server: SERVER }),
                        ask: {
                          title: t.removeTitle(title || broadcastId),
                          hint: t.removeHint,
                          action: t.remove,
                        },
                      })
                    }
                  >
                    {t.remove}
                  </Button>
                )}
              </div>
            ),
          },
        ]}
      />
      {data && <TablePages {...data} />}
    </TabFrame>
  )
}
