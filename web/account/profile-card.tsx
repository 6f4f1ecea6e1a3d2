import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Account, renameAccount } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { AccountCard } from './account-card.tsx'
import { isNow } from './account-query.ts'
import { dayOf } from './moment-text.ts'
import { texts } from './texts.ts'

const t = texts.account

/** Who one is, and how others see it. */
export function ProfileCard({ account }: { account: Account }) {
  const [name, setName] = useState(account.name)
  const saving = useMutation({
    mutationFn: () => renameAccount(name, { server: SERVER }),
    onSuccess: (changed) => {
      setName(changed.name)
      isNow(changed)
    },
  })
  return (
    <AccountCard
      title={t.profile}
      mark={texts.roles[account.role]}
      lead={`${account.email} · ${t.since(dayOf(account.createdAt))}`}
    >
      <form
        className="account-row"
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <TextInput
          label={texts.name}
          size="md"
          autoComplete="name"
          maxLength={80}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button
          type="submit"
          size="md"
          variant="default"
          loading={saving.isPending}
          disabled={name.trim() === account.name}
        >
          <span aria-live="polite">{saving.isSuccess && name === account.name ? t.saved : t.save}</span>
        </Button>
      </form>
      {saving.error && <Callout kind="bad" title={texts.signIn.failed} hint={saving.error.message} />}
    </AccountCard>
  )
}
