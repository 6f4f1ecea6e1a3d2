import { Button } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Account, type ApiKeyView, listApiKeys, revokeApiKey } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { Confirmation } from '../studio/confirmation.tsx'
import { CopyField } from '../studio/copy-field.tsx'
import { AccountCard } from './account-card.tsx'
import { ApiKeyForm } from './api-key-form.tsx'
import { agoOf, dayOf } from './moment-text.ts'
import { texts } from './texts.ts'

const t = texts.keys
const keysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => listApiKeys({ pageSize: 200 }, { server: SERVER, signal }),
})

/** Keys for programs. */
export function ApiKeysCard({ account }: { account: Account }) {
  const { data, error } = useQuery(keysQuery)
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<string>()
  const [doomed, setDoomed] = useState<ApiKeyView>()
  const revoking = useMutation({
    mutationFn: (id: string) => revokeApiKey(id, { server: SERVER }),
    onSettled: () => queries.invalidateQueries(keysQuery),
  })
  return (
    <AccountCard title={t.title} lead={t.lead}>
      {error && <Callout kind="bad" title={t.failed} hint={error.message} />}
      {made !== undefined && (
        <Callout kind="info" title={t.madeHint}>
          <div style={{ flex: '1 1 100%', minWidth: 0 }}>
            <CopyField label={t.made} value={made} />
          </div>
          <Button onClick={() => setMade(undefined)}>{texts.account.done}</Button>
        </Callout>
      )}
      {data?.total === 0 && !isMaking && made === undefined && <p className="account-card-lead">{t.none}</p>}
      <ul className="account-list">
        {data?.items.map((key) => (
          <li key={key.id} className="account-item">
            <IconKey className="account-item-icon" size={22} aria-hidden="true" />
            <div className="account-item-words">
              <p className="account-item-name">{key.name}</p>
              <p className="account-item-facts">
                <code>{key.prefix}…</code> · {key.scopes.map((scope) => t.short[scope]).join(', ')} ·{' '}
                {key.usedAt === null ? t.unused : t.used(agoOf(key.usedAt))}
                {key.expiresAt !== null && ` · ${t.until(dayOf(key.expiresAt))}`}
              </p>
            </div>
            <Button
              variant="default"
              size="sm"
              aria-label={t.revokeNamed(key.name)}
              onClick={() => setDoomed(key)}
            >
              {t.revoke}
            </Button>
          </li>
        ))}
      </ul>
      {revoking.error && <Callout kind="bad" title={texts.signIn.failed} hint={revoking.error.message} />}
      {isMaking ? (
        <ApiKeyForm
          role={account.role}
          onCancel={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false)
            setMade(key)
            void queries.invalidateQueries(keysQuery)
          }}
        />
      ) : (
        <div className="account-actions">
          <Button variant="default" onClick={() => setMaking(true)}>
            {t.make}
          </Button>
        </div>
      )}
      <Confirmation
        opened={doomed !== undefined}
        title={t.revokeTitle(doomed?.name ?? '')}
        hint={t.revokeHint}
        action={t.revoke}
        cancel={texts.account.cancel}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed) revoking.mutate(doomed.id)
          setDoomed(undefined)
        }}
      />
    </AccountCard>
  )
}
