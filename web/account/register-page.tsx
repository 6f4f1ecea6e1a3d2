import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { register } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { Entrance } from './entrance.tsx'
import { NewAccountForm } from './new-account-form.tsx'
import { texts } from './texts.ts'

const t = texts.register

/** An account for everybody, where the server is open to them. */
export default function RegisterPage() {
  const { data: server } = useQuery(serverQuery)
  const isOpen = server?.accounts?.registration
  const links = (
    <div className="entrance-form entrance-links">
      <Link to="/sign-in/">{t.have}</Link>
    </div>
  )
  return (
    <AccountsOnly>
      {isOpen ? (
        <Entrance title={t.title} lead={t.lead}>
          <NewAccountForm action={t.action} make={(account) => register(account, { server: SERVER })} />
          {links}
        </Entrance>
      ) : (
        <Entrance title={t.closedTitle} lead={t.closedHint}>
          {links}
        </Entrance>
      )}
    </AccountsOnly>
  )
}
