import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { auditLogExport, listAuditLog } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { TabFrame, TablePages, TableTools, useTableSearch } from './tab-frame.tsx'
import { oneOf } from './table-search.ts'
import { texts } from './tab-texts.ts'
import { momentText } from './viewing-figures.ts'

const t = texts.audit
const RESULTS = ['done', 'refused', 'failed'] as const
const TONES = { done: 'good', refused: 'warn', failed: 'bad' } as const
const PAGE_SIZE = 50

/** Who did what, when and from where. */
export default function AuditLogTab() {
  const [{ q, only, page = 1 }] = useTableSearch()
  const now = useNow(20_000)
  const filter = { q, result: oneOf(RESULTS, only) }
  const { data, isError } = useQuery({
    queryKey: ['admin', 'audit-log', filter, page],
    queryFn: ({ signal }) =>
      listAuditLog({ ...filter, page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: 3_000,
    placeholderData: keepPreviousData,
  })
  return (
    <TabFrame
      title={texts.tabs['audit-log']}
      summary={isError ? texts.unreadable : data && t.summary(data.total)}
    >
      <TableTools placeholder={t.searchHint} choice={{ label: t.result, all: t.all, of: t.results }}>
        <Button
          component="a"
          variant="default"
          download
          href={auditLogExport(filter, SERVER).href}
          leftSection={<IconDownload size={16} />}
          aria-label={texts.exportCsv}
        >
          CSV
        </Button>
      </TableTools>
      <DataTable
        label={texts.tabs['audit-log']}
        rows={data?.items}
        none={t.none}
        columns={[
          {
            heading: t.action,
            cell: ({ action, subject, detail }) => (
              <TwoLines
                main={action}
                minor={[`${subject.kind} ${subject.id}`.trim(), detail].filter(Boolean).join(' · ')}
              />
            ),
          },
          { heading: t.actor, cell: ({ actor }) => actor.name },
          { heading: t.result, cell: ({ result }) => <Mark tone={TONES[result]}>{t.results[result]}</Mark> },
          { heading: t.address, cell: ({ address }) => address || '–', roomy: true },
          { heading: t.when, cell: ({ at }) => momentText(Date.parse(at), now), end: true },
        ]}
      />
      {data && <TablePages {...data} />}
    </TabFrame>
  )
}
