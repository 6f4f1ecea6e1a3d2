import './account-corner.css'
import { ActionIcon } from '@mantine/core'
import { IconUserCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { serverQuery } from '../server-query.ts'
import { useAccount } from './account-query.ts'
import { texts } from './texts.ts'

const AccountMenu = lazy(() => import('./account-menu.tsx'))

/** The corner of every page: in, or who one is. */
export default function AccountCorner() {
  const { data: server } = useQuery(serverQuery)
  const account = useAccount()
  const { pathname } = useLocation()
  if (!server?.accounts || account === undefined) return null
  if (account)
    return (
      <Suspense fallback={null}>
        <AccountMenu account={account} />
      </Suspense>
    )
  const isDoor = /\/(sign-in|setup|reset|invitation|register)\/?$/.test(pathname)
  return (
    !isDoor && (
      <ActionIcon
        className="account-door"
        variant="subtle"
        color="gray"
        c="inherit"
        size={40}
        aria-label={texts.menu.signIn}
        title={texts.menu.signIn}
        renderRoot={(props) => <Link to="/sign-in/" search={{ to: pathname }} {...props} />}
      >
        <IconUserCircle size={22} />
      </ActionIcon>
    )
  )
}
