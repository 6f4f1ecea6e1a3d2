import { useQuery } from '@tanstack/react-query'
import type { BroadcastView } from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import type { OpenBroadcast } from './open-broadcast.ts'

/** The publisher's figures are told only when asked; one more event stream would cost a connection per tab. */
const ASK_EVERY = 1500

/** One's own broadcast as the server sees it. */
export function useOwnBroadcast({ id, streamKey }: OpenBroadcast): BroadcastView | undefined {
  const { data } = useQuery({ ...broadcastQuery(id, streamKey), refetchInterval: ASK_EVERY })
  return data
}
