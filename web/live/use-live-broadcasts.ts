import { useEffect, useReducer, useState } from 'react'
import { type BroadcastView, followBroadcasts } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { type ListChange, onAirAfter } from './on-air.ts'

/** Who is on air, kept up to date by the server. `broadcasts` is undefined until it has told. */
export type LiveBroadcasts = { broadcasts: readonly BroadcastView[] | undefined; connected: boolean }

/** Follows the list by server-sent events. */
export function useLiveBroadcasts(): LiveBroadcasts {
  const [broadcasts, change] = useReducer(reduce, undefined)
  const [connected, setConnected] = useState(true)
  useEffect(
    () =>
      followBroadcasts(
        {
          onList: (all) => change({ type: 'list', broadcasts: all }),
          onStarted: (broadcast) => change({ type: 'started', broadcast }),
          onUpdated: (broadcast) => change({ type: 'updated', broadcast }),
          onEnded: (broadcast) => change({ type: 'ended', broadcast }),
          onRemoved: (id) => change({ type: 'removed', id }),
          onConnected: setConnected,
        },
        { server: SERVER },
      ),
    [],
  )
  return { broadcasts, connected }
}

function reduce(list: readonly BroadcastView[] | undefined, change: ListChange) {
  return onAirAfter(list ?? [], change)
}
