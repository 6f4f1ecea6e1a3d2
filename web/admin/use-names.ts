import { useQuery } from '@tanstack/react-query'
import { listAccounts } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'

/** Names of accounts by their id; the id itself until, or where, they are not known. */
export function useNames(): (id: string) => string {
  const { data } = useQuery({
    queryKey: ['admin', 'names'],
    queryFn: ({ signal }) => listAccounts({ pageSize: 200 }, { server: SERVER, signal }),
    staleTime: 60_000,
  })
  return (id) => data?.items.find((account) => account.id === id)?.name ?? id
}
