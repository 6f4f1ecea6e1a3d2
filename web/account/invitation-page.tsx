import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { acceptInvitation, lookAtInvitation } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { Entrance } from './entrance.tsx'
import { useLinkToken } from './link-token.ts'
import { NewAccountForm } from './new-account-form.tsx'
import { texts } from './texts.ts'

const t = texts.invitation

/** An account by invitation. */
export default function InvitationPage() {
  return (
    <AccountsOnly>
      <Invited token={useLinkToken() ?? ''} />
    </AccountsOnly>
  )
}

function Invited({ token }: { token: string }) {
  const { data: invitation, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => lookAtInvitation(token, { server: SERVER, signal }),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (error)
    return (
      <Entrance title={t.badTitle} lead={error.message}>
        <div className="entrance-form">
          <Button size="md" variant="default" renderRoot={(props) => <Link to="/sign-in/" {...props} />}>
            {texts.toSignIn}
          </Button>
        </div>
      </Entrance>
    )
  if (!invitation) return null
  return (
    <Entrance title={t.title} lead={t.lead(invitation.role)}>
      <NewAccountForm
        email={invitation.email}
        action={t.action}
        make={(account) => acceptInvitation({ token, ...account }, { server: SERVER })}
      />
    </Entrance>
  )
}
