import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type BroadcastView, followBroadcasts } from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import { SERVER } from '../server-address.ts'
import type { OpenBroadcast } from './open-broadcast.ts'

/** The publisher's figures are not announced, only told when asked. */
const ASK_EVERY = 2000

/** One's own broadcast as the server sees it: facts at once, figures every other second. */
export function useOwnBroadcast({ id, streamKey }: OpenBroadcast): BroadcastView | undefined {
  const cache = useQueryClient()
  const query = broadcastQuery(id, streamKey)
  const { data } = useQuery({ ...query, refetchInterval: ASK_EVERY })
  useEffect(() => {
    const learn = (broadcast: BroadcastView) => {
      if (broadcast.id === id) cache.setQueryData(broadcastQuery(id).queryKey, broadcast)
    }
    return followBroadcasts(
      { onStarted: learn, onUpdated: learn, onEnded: learn },
      { server: SERVER, broadcast: id },
    )
  }, [cache, id])
  return data
}
