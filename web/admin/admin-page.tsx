import './mantine-styles.ts'
import './admin-page.css'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useAccount } from '../account/account-query.ts'
import { serverQuery } from '../server-query.ts'
import { Notice } from '../shell/notice.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { TABS } from './tabs.ts'
import { texts } from './tab-texts.ts'

/** Administration: one tab at a time, for administrators and in open mode. */
export default function AdminPage() {
  const { data: server, isError } = useQuery(serverQuery)
  if (isError) return <PageFailure />
  if (!server) return null
  if (!server.accounts && !server.open && server.user?.role !== 'admin')
    return <Notice title={texts.forAdmins} hint={texts.forAdminsHint} />
  if (!server.accounts) return <Tabs accounts={false} />
  return (
    <AdminsOnly>
      <Tabs accounts />
    </AdminsOnly>
  )
}

function AdminsOnly({ children }: { children: ReactNode }) {
  const account = useAccount()
  if (account === undefined) return null
  if (account === null) return <ToSignIn />
  return account.role === 'admin' ? children : <Notice title={texts.forAdmins} hint={texts.forAdminsHint} />
}

/** Once: on the way there the address is another already. */
function ToSignIn() {
  const router = useRouter()
  useEffect(() => {
    const { pathname } = router.state.location
    void router.navigate({ to: '/sign-in/', search: { to: pathname }, replace: true })
  }, [router])
  return null
}

function Tabs({ accounts }: { accounts: boolean }) {
  const { pathname } = useLocation()
  const list = useRef<HTMLUListElement>(null)
  const shown = TABS.filter((tab) => accounts || !tab.accounts)
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>('[aria-current]')
    list.current?.scrollTo({ left: (current?.offsetLeft ?? 0) - 48 })
  }, [pathname])
  return (
    <>
      <nav className="admin-tabs" aria-label={texts.administration}>
        <ul ref={list}>
          {shown.map(({ to, name }) => (
            <li key={to}>
              <Link
                to={to}
                className="admin-tab"
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{ 'aria-current': 'page' }}
              >
                {texts.tabs[name]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </>
  )
}
