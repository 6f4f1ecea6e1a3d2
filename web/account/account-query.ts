import { type Query, queryOptions, useQuery } from '@tanstack/react-query'
import { type Account, getAccount } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'

/** Who is signed in; null for nobody, and where there are no accounts. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: async ({ signal }) => {
    const { accounts } = await queries.query(serverQuery)
    return accounts ? getAccount({ server: SERVER, signal }) : null
  },
  staleTime: 60_000,
})

/** Undefined until it is known. */
export function useAccount(): Account | null | undefined {
  return useQuery(accountQuery).data
}

/** What another one saw is not what this one may see. */
export function becomes(account: Account | null): void {
  isNow(account)
  const [own] = accountQuery.queryKey
  const others = ({ queryKey: [first] }: Query) => first !== 'server' && first !== own
  // Emptied rather than removed: a page that is about to show one would listen to what is gone.
  for (const query of queries.getQueryCache().findAll({ type: 'inactive', predicate: others })) query.reset()
}

/** The same person, as they are now. */
export function isNow(account: Account | null): void {
  // An answer from before would come after this, and win.
  void queries.cancelQueries(accountQuery)
  queries.setQueryData(accountQuery.queryKey, account)
}
