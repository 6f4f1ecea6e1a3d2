import './settings-tab.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { changeSettings, listSettings, type SettingView } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { SettingEditor } from './setting-editor.tsx'
import { TabFrame, TableTools, useTableSearch } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { useDeed } from './use-deed.tsx'

const t = texts.settings

type Row = SettingView & { id: string }

/** What the server was told, and by what; and what administrators may change. */
export default function SettingsTab() {
  const [{ q = '', only }] = useTableSearch()
  const { data, isError } = useQuery({
    queryKey: ['admin', 'settings'],
    queryFn: ({ signal }) => listSettings({ server: SERVER, signal }),
    refetchInterval: 10_000,
  })
  const { act, shown } = useDeed(['admin', 'settings'])
  const wish = (key: string, value: unknown) =>
    act({ run: () => changeSettings({ [key]: value }, { server: SERVER }) })
  const words = q.toLowerCase()
  const rows = data
    ?.filter(({ origin }) => only === undefined || nameOf(origin) === only)
    .filter(({ key, variable, description }) =>
      `${variable} ${t.names[key] ?? ''} ${description}`.toLowerCase().includes(words),
    )
    .map((setting): Row => ({ ...setting, id: setting.key }))
  const [live, atStart] = [
    rows?.filter(({ change }) => change !== 'restart'),
    rows?.filter(({ change }) => change === 'restart'),
  ]

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
            change: ({ change }) => change,
          }}
        />
      </TableTools>
      {shown}
      {rows?.length === 0 && <p className="admin-none">{t.none}</p>}
      {live?.length !== 0 && (
        <>
          <h2 className="admin-section">{t.live}</h2>
          <DataTable
            label={t.live}
            rows={live}
            none={t.none}
            columns={[
              {
                heading: t.name,
                cell: ({ key, variable, description }) => (
                  <TwoLines
                    main={t.names[key] ?? variable}
                    minor={
                      <>
                        {description} <code className="setting-name">{variable}</code>
                      </>
                    }
                  />
                ),
              },
              {
                heading: t.value,
                cell: (setting) =>
                  setting.change === 'now' ? (
                    <SettingEditor setting={setting} onWish={(value) => wish(setting.key, value)} />
                  ) : (
                    <TwoLines main={<Value {...setting} />} minor={t.locked} />
                  ),
              },
              {
                heading: t.origin,
                cell: (setting) => <Origin setting={setting} onUnchange={() => wish(setting.key, null)} />,
              },
            ]}
          />
        </>
      )}
      {atStart && atStart.length > 0 && (
        <>
          <h2 className="admin-section">{t.atStart}</h2>
          <DataTable
            label={t.atStart}
            rows={atStart}
            none={t.none}
            columns={[
              {
                heading: t.name,
                cell: ({ variable, description }) => (
                  <TwoLines main={<code className="setting-name">{variable}</code>} minor={description} />
                ),
              },
              {
                heading: t.value,
                cell: (setting) => <TwoLines main={<Value {...setting} />} minor={t.restart} />,
              },
              { heading: t.origin, cell: (setting) => <Origin setting={setting} /> },
            ]}
          />
        </>
      )}
    </TabFrame>
  )
}

function Origin({ setting, onUnchange }: { setting: SettingView; onUnchange?: () => void }) {
  const { key, variable, origin } = setting
  const isSaved = origin === 'saved'
  return (
    <>
      <Mark tone={origin === 'default' ? 'calm' : isSaved ? 'warn' : 'good'}>
        {t.origins[nameOf(origin)]}
      </Mark>
      {isSaved && (
        <Button
          variant="subtle"
          size="compact-sm"
          className="setting-unchange"
          aria-label={t.unchangeOf(t.names[key] ?? variable)}
          onClick={onUnchange}
        >
          {t.unchange}
        </Button>
      )}
    </>
  )
}

function Value({ value }: Pick<SettingView, 'value'>) {
  if (value === '""' || value === '[]') return <span className="k-dim">{t.unset}</span>
  const plain: unknown = JSON.parse(value)
  return <code className="setting-value">{typeof plain === 'string' ? plain : value}</code>
}

function nameOf(origin: SettingView['origin']): keyof typeof t.origins {
  return origin === 'command line' ? 'command-line' : origin
}
