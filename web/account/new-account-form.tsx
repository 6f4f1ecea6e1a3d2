import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Account, NewAccount } from '../../client/index.ts'
import { Callout } from '../studio/callout.tsx'
import { EmailField } from './email-field.tsx'
import { becomes } from './account-query.ts'
import { texts } from './texts.ts'

/** E-mail, name and password; whoever has made an account is signed in. */
export function NewAccountForm({
  email: givenEmail,
  action,
  make,
}: {
  /** Where it is decided already. */
  email?: string | null | undefined
  action: string
  make: (account: NewAccount) => Promise<Account>
}) {
  const navigate = useNavigate()
  const [account, setAccount] = useState({ email: givenEmail ?? '', name: '', password: '' })
  const change = (changes: Partial<NewAccount>) => setAccount((before) => ({ ...before, ...changes }))
  const making = useMutation({
    mutationFn: () => make(account),
    onSuccess: (made) => {
      becomes(made)
      void navigate({ to: '/', replace: true })
    },
  })
  return (
    <form
      className="entrance-form"
      onSubmit={(event) => {
        event.preventDefault()
        making.mutate()
      }}
    >
      <EmailField
        readOnly={typeof givenEmail === 'string'}
        value={account.email}
        onChange={(email) => change({ email })}
      />
      <TextInput
        label={texts.name}
        description={texts.nameHint}
        size="md"
        name="name"
        autoComplete="name"
        maxLength={80}
        required
        withAsterisk={false}
        value={account.name}
        onChange={(event) => change({ name: event.target.value })}
      />
      <NewPassword value={account.password} onChange={(password) => change({ password })} />
      {making.error && <Callout kind="bad" title={texts.signIn.failed} hint={making.error.message} />}
      <Button type="submit" size="md" fullWidth loading={making.isPending}>
        {action}
      </Button>
    </form>
  )
}

/** A password that is being chosen. */
export function NewPassword({
  label = texts.password,
  value,
  onChange,
}: {
  label?: string
  value: string
  onChange: (password: string) => void
}) {
  return (
    <PasswordInput
      label={label}
      description={texts.passwordHint}
      size="md"
      name="new-password"
      autoComplete="new-password"
      minLength={10}
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': texts.showPassword }}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
