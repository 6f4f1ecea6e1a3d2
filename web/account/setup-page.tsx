import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { isSetupNeeded, setUp } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { Entrance } from './entrance.tsx'
import { useLinkToken } from './link-token.ts'
import { NewAccountForm } from './new-account-form.tsx'
import { texts } from './texts.ts'

/** The first administrator. */
export default function SetupPage() {
  return (
    <AccountsOnly>
      <Setup />
    </AccountsOnly>
  )
}

function Setup() {
  const token = useLinkToken()
  const { data: isNeeded } = useQuery({
    queryKey: ['server', 'setup'],
    queryFn: ({ signal }) => isSetupNeeded({ server: SERVER, signal }),
    staleTime: Infinity,
  })
  const t = texts.setup
  if (isNeeded === undefined) return null
  if (!isNeeded)
    return (
      <Entrance title={t.doneTitle} lead={t.doneHint}>
        <div className="entrance-form">
          <Button size="md" renderRoot={(props) => <Link to="/sign-in/" {...props} />}>
            {texts.toSignIn}
          </Button>
        </div>
      </Entrance>
    )
  if (token === undefined) return <Entrance title={t.noToken} lead={t.noTokenHint} />
  return (
    <Entrance title={t.title} lead={t.lead}>
      <NewAccountForm
        action={t.action}
        make={(account) => setUp({ token, ...account }, { server: SERVER })}
      />
    </Entrance>
  )
}
