import { queryOptions } from '@tanstack/react-query'
import { getServer } from '../client/index.ts'
import { SERVER } from './server-address.ts'

/** What the server is; asked once. */
export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => getServer({ server: SERVER, signal }),
  staleTime: Infinity,
})
