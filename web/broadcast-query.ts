import { queryOptions } from '@tanstack/react-query'
import { getBroadcast } from '../client/index.ts'
import { SERVER } from './server-address.ts'

/** One broadcast; the stream key lets its owner see it whatever its visibility. */
export function broadcastQuery(id: string, key?: string) {
  return queryOptions({
    queryKey: ['broadcast', id],
    queryFn: ({ signal }) => getBroadcast(id, { server: SERVER, key, signal }),
  })
}
