import { queryOptions } from '@tanstack/react-query'
import { getBroadcast } from '../client/index.ts'
import { SERVER } from './server-address.ts'
import { viewerTokenOf } from './viewer-token.ts'

/** One broadcast; a stream key or viewer token shows it whatever its visibility. */
export function broadcastQuery(id: string, key = viewerTokenOf(id)) {
  return queryOptions({
    queryKey: ['broadcast', id],
    queryFn: ({ signal }) => getBroadcast(id, { server: SERVER, key, signal }),
  })
}
