import { useEffect, useReducer, useState } from 'react'
import type { BroadcastView } from '../../client/index.ts'
import { type ListChange, onAirAfter } from '../live/on-air.ts'
import type { LiveBroadcasts } from '../live/use-live-broadcasts.ts'
import { onServer } from '../server-address.ts'
import { followList } from './list-socket.ts'

/** Follows the list by WebSocket. */
export function useListSocket(): LiveBroadcasts {
  const [broadcasts, change] = useReducer(
    (list: readonly BroadcastView[] | undefined, fact: ListChange) => onAirAfter(list ?? [], fact),
    undefined,
  )
  const [connected, setConnected] = useState(true)
  useEffect(() => followList(onServer('ws/streams/'), { onChange: change, onConnected: setConnected }), [])
  return { broadcasts, connected }
}
