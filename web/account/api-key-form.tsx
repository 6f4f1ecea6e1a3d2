import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { makeApiKey, type Role, type Scope } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { texts } from './texts.ts'

const t = texts.keys
const SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ['broadcasts', 'watch', 'library', 'admin'],
  broadcaster: ['broadcasts', 'watch', 'library'],
  viewer: ['watch', 'library'],
}

/** What a new key is for, and how long. */
export function ApiKeyForm({
  role,
  onMade,
  onCancel,
}: {
  role: Role
  onMade: (key: string) => void
  onCancel: () => void
}) {
  const offered = SCOPES[role]
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(offered.slice(0, 1))
  const [days, setDays] = useState('90')
  const making = useMutation({
    mutationFn: () =>
      makeApiKey(
        { name, scopes: [...scopes], days: days === '' ? undefined : Number(days) },
        { server: SERVER },
      ),
    onSuccess: ({ key }) => onMade(key),
  })
  return (
    <form
      className="account-card-body"
      style={{ marginTop: 0 }}
      onSubmit={(event) => {
        event.preventDefault()
        making.mutate()
      }}
    >
      <TextInput
        label={t.name}
        placeholder={t.namePlaceholder}
        size="md"
        maxLength={80}
        required
        withAsterisk={false}
        autoComplete="off"
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <fieldset className="account-scopes">
        <legend>{t.scopes}</legend>
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            label={t.scope[scope]}
            checked={scopes.includes(scope)}
            onChange={({ target: { checked } }) =>
              setScopes((before) =>
                checked ? [...before, scope] : before.filter((other) => other !== scope),
              )
            }
          />
        ))}
      </fieldset>
      <NativeSelect
        label={t.expires}
        size="md"
        value={days}
        onChange={(event) => setDays(event.target.value)}
        data={t.lifetimes.map(([value, label]) => ({ value, label }))}
      />
      {making.error && <Callout kind="bad" title={texts.signIn.failed} hint={making.error.message} />}
      <div className="account-actions">
        <Button type="submit" loading={making.isPending} disabled={scopes.length === 0}>
          {t.make}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {texts.account.cancel}
        </Button>
      </div>
    </form>
  )
}
