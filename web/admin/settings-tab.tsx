import { useQuery } from '@tanstack/react-query'
import { listSettings, type SettingView } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { TabFrame, TableTools, useTableSearch } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'

const t = texts.settings

/** What the server was told, and by what. */
export default function SettingsTab() {
  const [{ q = '', only }] = useTableSearch()
  const { data, isError } = useQuery({
    queryKey: ['admin', 'settings'],
    queryFn: ({ signal }) => listSettings({ server: SERVER, signal }),
  })
  const rows = data
    ?.filter(({ origin }) => only === undefined || nameOf(origin) === only)
    .filter(({ variable, description }) =>
      `${variable} ${description}`.toLowerCase().includes(q.toLowerCase()),
    )
    .map((setting) => ({ ...setting, id: setting.key }))

  return (
    <TabFrame
      title={texts.tabs.settings}
      summary={isError ? texts.unreadable : rows && t.summary(rows.length)}
    >
      <p className="k-dim admin-lead">{t.hint}</p>
      <TableTools placeholder={t.searchHint} choice={{ label: t.origin, all: t.all, of: t.origins }}>
        <ExportButton
          name="settings"
          read={async () => ({ items: rows ?? [], total: 0, pageSize: 1 })}
          columns={{
            variable: ({ variable }) => variable,
            value: ({ value }) => value,
            origin: ({ origin }) => origin,
          }}
        />
      </TableTools>
      <DataTable
        label={texts.tabs.settings}
        rows={rows}
        none={t.none}
        columns={[
          {
            heading: t.name,
            cell: ({ variable, description }) => (
              <TwoLines main={<code className="setting-name">{variable}</code>} minor={description} />
            ),
          },
          { heading: t.value, cell: (setting) => <Value {...setting} /> },
          {
            heading: t.origin,
            cell: ({ origin }) => (
              <Mark tone={origin === 'default' ? 'calm' : 'good'}>{t.origins[nameOf(origin)]}</Mark>
            ),
          },
        ]}
      />
    </TabFrame>
  )
}

function Value({ value }: SettingView) {
  if (value === '""' || value === '[]') return <span className="k-dim">{t.unset}</span>
  const plain: unknown = JSON.parse(value)
  return <code className="setting-value">{typeof plain === 'string' ? plain : value}</code>
}

function nameOf(origin: SettingView['origin']): keyof typeof t.origins {
  return origin === 'command line' ? 'command-line' : origin
}
