import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type DeliveryView, listDeliveries, resendDelivery, type WebhookView } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { useNow } from '../use-now.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { texts } from './tab-texts.ts'
import { useDeed } from './use-deed.tsx'
import { momentText } from './viewing-figures.ts'

const t = texts.webhooks
const PAGE_SIZE = 20
const TONES = { pending: 'warn', delivered: 'good', failed: 'bad' } as const

/** What one webhook was told, and what came of it. */
export function Deliveries({ webhook: { id, url } }: { webhook: WebhookView }) {
  const [shownRows, setShownRows] = useState(PAGE_SIZE)
  const now = useNow(20_000)
  const queryKey = ['admin', 'deliveries', id]
  const { data } = useQuery({
    queryKey: [...queryKey, shownRows],
    queryFn: ({ signal }) => listDeliveries(id, { pageSize: shownRows }, { server: SERVER, signal }),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(queryKey)
  return (
    <section aria-label={`${t.deliveries}: ${url}`}>
      <h2 className="admin-section">{t.deliveries}</h2>
      {shown}
      <DataTable
        label={t.deliveries}
        rows={data?.items}
        none={t.noDeliveries}
        columns={[
          { heading: t.event, cell: (delivery) => <TwoLines main={delivery.event} minor={delivery.id} /> },
          { heading: t.outcome, cell: (delivery) => <Outcome {...delivery} /> },
          { heading: t.when, cell: ({ createdAt }) => momentText(Date.parse(createdAt), now), end: true },
          {
            heading: texts.actions,
            actions: true,
            cell: (delivery) => (
              <div className="data-actions">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t.resend}: ${delivery.event}, ${delivery.id}`}
                  onClick={() => act({ run: () => resendDelivery(id, delivery.id, { server: SERVER }) })}
                >
                  {t.resend}
                </Button>
              </div>
            ),
          },
        ]}
      />
      {data && data.total > shownRows && shownRows < 200 && (
        <Button variant="default" mt="md" onClick={() => setShownRows(Math.min(200, shownRows * 2))}>
          {texts.next}
        </Button>
      )}
    </section>
  )
}

function Outcome({ state, attempts }: DeliveryView) {
  const last = attempts.at(-1)
  const answer = last && (last.error ?? `HTTP ${last.status ?? ''}`)
  return (
    <TwoLines
      main={<Mark tone={TONES[state]}>{t.states[state]}</Mark>}
      minor={[t.attempts(attempts.length), answer].filter(Boolean).join(' · ')}
    />
  )
}
