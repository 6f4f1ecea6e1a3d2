import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { lookAtReset, resetPassword } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { becomes } from './account-query.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { Entrance } from './entrance.tsx'
import { useLinkToken } from './link-token.ts'
import { NewPassword } from './new-account-form.tsx'
import { texts } from './texts.ts'

const t = texts.reset

/** A new password by a link. */
export default function ResetPage() {
  return (
    <AccountsOnly>
      <Reset token={useLinkToken() ?? ''} />
    </AccountsOnly>
  )
}

function Reset({ token }: { token: string }) {
  const [password, setPassword] = useState('')
  const link = useQuery({
    queryKey: ['reset', token],
    queryFn: ({ signal }) => lookAtReset(token, { server: SERVER, signal }),
    staleTime: Infinity,
    gcTime: 0,
  })
  const changing = useMutation({
    mutationFn: () => resetPassword({ token, password }, { server: SERVER }),
    onSuccess: () => becomes(null),
  })
  if (changing.isSuccess)
    return (
      <Entrance title={t.doneTitle} lead={t.doneHint}>
        <div className="entrance-form">
          <Button size="md" renderRoot={(props) => <Link to="/sign-in/" {...props} />}>
            {texts.signIn.action}
          </Button>
        </div>
      </Entrance>
    )
  if (link.error)
    return (
      <Entrance title={t.badTitle} lead={link.error.message}>
        <div className="entrance-form">
          <Button size="md" variant="default" renderRoot={(props) => <Link to="/sign-in/" {...props} />}>
            {texts.toSignIn}
          </Button>
        </div>
      </Entrance>
    )
  if (!link.data) return null
  return (
    <Entrance title={t.title} lead={t.lead(link.data.email)}>
      <form
        className="entrance-form"
        onSubmit={(event) => {
          event.preventDefault()
          changing.mutate()
        }}
      >
        {/* Password managers keep the new password under this name. */}
        <input type="email" autoComplete="username" value={link.data.email} readOnly hidden />
        <NewPassword label={texts.newPassword} value={password} onChange={setPassword} />
        {changing.error && <Callout kind="bad" title={texts.signIn.failed} hint={changing.error.message} />}
        <Button type="submit" size="md" fullWidth loading={changing.isPending}>
          {t.action}
        </Button>
      </form>
    </Entrance>
  )
}
