import { Button, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Account, changePassword } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { AccountCard } from './account-card.tsx'
import { NewPassword } from './new-account-form.tsx'
import { texts } from './texts.ts'

const t = texts.account
const NONE = { current: '', next: '' }

/** A new password for the old one. */
export function PasswordCard({ account }: { account: Account }) {
  const [opened, setOpened] = useState(false)
  const [passwords, setPasswords] = useState(NONE)
  const changing = useMutation({
    mutationFn: () => changePassword(passwords, { server: SERVER }),
    onSuccess: () => {
      setPasswords(NONE)
      setOpened(false)
      void queries.invalidateQueries({ queryKey: ['sign-ins'] })
    },
  })
  return (
    <AccountCard title={t.password} lead={t.passwordLead}>
      {changing.isSuccess && !opened && <Callout kind="info" title={t.changed} />}
      {opened ? (
        <form
          className="account-card-body"
          style={{ marginTop: 0 }}
          onSubmit={(event) => {
            event.preventDefault()
            changing.mutate()
          }}
        >
          <input type="email" autoComplete="username" value={account.email} readOnly hidden />
          <OwnPassword
            label={texts.currentPassword}
            value={passwords.current}
            onChange={(current) => setPasswords({ ...passwords, current })}
          />
          <NewPassword
            label={texts.newPassword}
            value={passwords.next}
            onChange={(next) => setPasswords({ ...passwords, next })}
          />
          {changing.error && <Callout kind="bad" title={texts.signIn.failed} hint={changing.error.message} />}
          <div className="account-actions">
            <Button type="submit" loading={changing.isPending}>
              {t.change}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                setPasswords(NONE)
                setOpened(false)
              }}
            >
              {t.cancel}
            </Button>
          </div>
        </form>
      ) : (
        <div className="account-actions">
          <Button
            variant="default"
            onClick={() => {
              changing.reset()
              setOpened(true)
            }}
          >
            {t.change}
          </Button>
        </div>
      )}
    </AccountCard>
  )
}

/** The password that one has. */
export function OwnPassword({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (password: string) => void
}) {
  return (
    <PasswordInput
      label={label}
      size="md"
      name="password"
      autoComplete="current-password"
      required
      withAsterisk={false}
      autoFocus
      visibilityToggleButtonProps={{ 'aria-label': texts.showPassword }}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
