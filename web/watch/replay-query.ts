import { queryOptions, skipToken } from '@tanstack/react-query'
import type { BroadcastView } from '../../client/index.ts'
import { withViewerToken } from '../../client/sharing.ts'
import { onServer } from '../server-address.ts'
import { viewerTokenOf } from '../viewer-token.ts'

/**
 * The playlist of all that was uploaded of a broadcast that is over, as a path on the server; null where nothing was.
 * What the server recorded is in the library, and not asked for here.
 */
export function replayQuery(broadcast: Pick<BroadcastView, 'id' | 'state' | 'record'> | undefined) {
  const isAsked = broadcast?.state === 'ended' && !broadcast.record
  return queryOptions({
    queryKey: ['replay', broadcast?.id],
    queryFn: isAsked
      ? async ({ signal }): Promise<string | null> => {
          const path = withViewerToken(`/hls/${broadcast.id}/index.m3u8`, viewerTokenOf(broadcast.id))
          const { ok } = await fetch(onServer(`.${path}`), { signal })
          return ok ? path : null
        }
      : skipToken,
  })
}
