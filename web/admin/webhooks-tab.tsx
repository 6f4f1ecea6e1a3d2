import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  changeWebhook,
  listWebhooks,
  removeWebhook,
  testWebhook,
  type WebhookView,
} from '../../client/index.ts'
import { agoOf } from '../account/moment-text.ts'
import { SERVER } from '../server-address.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { Deliveries } from './deliveries.tsx'
import { ExportButton } from './export-button.tsx'
import { TabFrame, TableTools } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { type Told, ToldOnce } from './told-once.tsx'
import { useDeed } from './use-deed.tsx'
import { WebhookForm } from './webhook-form.tsx'

const t = texts.webhooks

/** Who is told of what happens, and what they were told. */
export default function WebhooksTab() {
  const [isAdding, setAdding] = useState(false)
  const [told, setTold] = useState<Told>()
  const [looked, setLooked] = useState<string>()
  const { data, isError } = useQuery({
    queryKey: ['admin', 'webhooks'],
    queryFn: ({ signal }) => listWebhooks({ server: SERVER, signal }),
    refetchInterval: 5_000,
  })
  const { act, shown } = useDeed(['admin', 'webhooks'])
  const watched = data?.items.find(({ id }) => id === looked)

  return (
    <TabFrame
      title={texts.tabs.webhooks}
      summary={isError ? texts.unreadable : data && t.summary(data.items.length)}
    >
      <TableTools>
        <ExportButton
          name="webhooks"
          read={async () => {
            const { items } = await listWebhooks({ server: SERVER })
            return { items, total: items.length, pageSize: Infinity }
          }}
          columns={{
            id: ({ id }) => id,
            url: ({ url }) => url,
            description: ({ description }) => description,
            events: ({ events }) => events.join(' '),
            active: ({ active }) => active,
            failingSince: ({ failingSince }) => failingSince,
          }}
        />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(!isAdding)}>
          {t.add}
        </Button>
      </TableTools>
      {isAdding && data && (
        <WebhookForm
          events={data.events}
          onMade={(secret) => {
            setAdding(false)
            setTold({ title: t.made, label: t.secret, value: secret, secret: true })
          }}
        />
      )}
      {shown}
      <ToldOnce told={told} onDone={() => setTold(undefined)} />
      <DataTable
        label={texts.tabs.webhooks}
        rows={data?.items}
        none={t.none}
        columns={[
          {
            heading: t.url,
            cell: ({ url, description }) => <TwoLines main={url} minor={description || undefined} />,
          },
          {
            heading: t.active,
            cell: ({ active, failingSince, notice }) => (
              <TwoLines
                main={
                  active ? (
                    <Mark tone={failingSince === null ? 'good' : 'warn'}>{t.active}</Mark>
                  ) : (
                    <Mark tone="calm">{t.off}</Mark>
                  )
                }
                minor={notice ?? (failingSince === null ? undefined : t.failing(agoOf(failingSince)))}
              />
            ),
          },
          { heading: t.events, cell: ({ events }) => events.join(', ') },
          { heading: texts.actions, actions: true, cell: (webhook) => <Actions {...webhook} /> },
        ]}
      />
      {watched && <Deliveries webhook={watched} />}
    </TabFrame>
  )

  function Actions({ id, url, active }: WebhookView) {
    const actions: [string, () => void][] = [
      [looked === id ? t.hideDeliveries : t.deliveries, () => setLooked(looked === id ? undefined : id)],
      [
        t.test,
        () => {
          setLooked(id)
          act({ run: () => testWebhook(id, { server: SERVER }) })
        },
      ],
      [
        active ? t.turnOff : t.turnOn,
        () => act({ run: () => changeWebhook(id, { active: !active }, { server: SERVER }) }),
      ],
      [
        t.remove,
        () =>
          act({
            run: () => removeWebhook(id, { server: SERVER }),
            ask: { title: t.removeTitle(url), hint: t.removeHint, action: t.remove },
          }),
      ],
    ]
    return (
      <div className="data-actions">
        {actions.map(([name, run]) => (
          <Button key={name} variant="default" size="compact-sm" aria-label={`${name}: ${url}`} onClick={run}>
            {name}
          </Button>
        ))}
      </div>
    )
  }
}
