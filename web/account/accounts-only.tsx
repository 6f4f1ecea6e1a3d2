import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { NotFoundPage } from '../not-found/not-found-page.tsx'
import { serverQuery } from '../server-query.ts'
import { PageFailure } from '../shell/page-failure.tsx'

/** Nothing about accounts is there where there are none. */
export function AccountsOnly({ children }: { children: ReactNode }) {
  const { data: server, isError } = useQuery(serverQuery)
  if (isError) return <PageFailure />
  if (!server) return null
  return server.accounts ? children : <NotFoundPage />
}
