import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import {
  type Delivery,
  type LayerChoice,
  type LayerOffer,
  type Playback,
  type StateChange,
  type Viewing,
  type ViewingState,
  type ViewingStatistics,
  watch,
  watchPeerToPeer,
} from '../../client/index.ts'
import { onServer } from '../server-address.ts'

/** What a player shows of a viewing. */
export type ViewingNow = {
  change: StateChange<ViewingState>
  playback: Playback | undefined
  viewers: number | undefined
  layers: readonly LayerOffer[]
  statistics: ViewingStatistics | undefined
  latency: number | null
}

const AT_FIRST: ViewingNow = {
  change: { state: 'connecting' },
  playback: undefined,
  viewers: undefined,
  layers: [],
  statistics: undefined,
  latency: null,
}

/** Watches a broadcast in `video` while `wanted`. `again` starts anew after a failure. */
export function useViewing(
  video: RefObject<HTMLVideoElement | null>,
  { id, delivery, wanted }: { id: string; delivery: Delivery; wanted: boolean },
) {
  const viewing = useRef<Viewing>(undefined)
  const [now, setNow] = useState(AT_FIRST)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (!wanted || !video.current) return
    const learn = (fact: Partial<ViewingNow>) => setNow((before) => ({ ...before, ...fact }))
    const listeners = {
      onState: (change: StateChange<ViewingState>) => learn({ change }),
      onPlayback: (playback: Playback) => learn({ playback }),
      onViewers: (viewers: number) => learn({ viewers }),
      onLayers: (layers: readonly LayerOffer[]) => learn({ layers }),
      onStatistics: (statistics: ViewingStatistics) => learn({ statistics, latency: opened.latency }),
    }
    const opened: Viewing =
      delivery === 'p2p'
        ? watchPeerToPeer(onServer(`ws/webrtc/${id}/`), video.current, listeners)
        : watch(onServer(`whep/${id}`), video.current, listeners)
    viewing.current = opened
    return () => {
      viewing.current = undefined
      void opened.close()
      setNow(AT_FIRST)
    }
  }, [video, id, delivery, wanted, attempt])

  return {
    ...now,
    play: useCallback(() => void viewing.current?.play(), []),
    setLayer: useCallback((choice: LayerChoice) => void viewing.current?.setLayer(choice), []),
    again: useCallback(() => setAttempt((count) => count + 1), []),
  }
}
