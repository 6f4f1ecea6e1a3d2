import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type {
  Delivery,
  LayerChoice,
  LayerOffer,
  Playback,
  RewindableViewing,
  StateChange,
  Viewing,
  ViewingState,
  ViewingStatistics,
} from '../../client/index.ts'
import { openViewing } from './open-viewing.ts'
import { passageOf, type Transport, type Wish } from './transport.ts'

/** What a player shows of a viewing. */
export type ViewingNow = {
  transport: Transport
  change: StateChange<ViewingState>
  playback: Playback | undefined
  viewers: number | undefined
  layers: readonly LayerOffer[]
  statistics: ViewingStatistics | undefined
  latency: number | null
  /** Seconds behind live, and how far back it could go. */
  behind: number
  window: number
}

const AT_FIRST: Omit<ViewingNow, 'transport'> = {
  change: { state: 'connecting' },
  playback: undefined,
  viewers: undefined,
  layers: [],
  statistics: undefined,
  latency: null,
  behind: 0,
  window: 0,
}
/** WebRTC that has not connected by then is blocked on the way, as in many offices and hotels. */
const CONNECTS_WITHIN = 4000

type ViewingWish = {
  id: string
  delivery: Delivery
  /** HLS can carry it. */
  hls: boolean
  /** It is published as JPEG frames. */
  frames: boolean
  wanted: boolean
}

/** Watches a broadcast in `video` while `wanted`. `again` starts anew after a failure. */
export function useViewing(
  video: RefObject<HTMLVideoElement | null>,
  { id, delivery, hls, frames, wanted }: ViewingWish,
) {
  const viewing = useRef<Viewing>(undefined)
  const rewindable = useRef<RewindableViewing>(undefined)
  const behind = useRef(0)
  /** HLS can carry it; that this changes is no reason to begin anew. */
  const carried = useRef(hls)
  /** WebRTC did not get through. */
  const blocked = useRef(false)
  const [now, setNow] = useState(AT_FIRST)
  const [attempt, setAttempt] = useState(0)
  const [wish, setWish] = useState<Wish>('auto')
  const [away, setTransport] = useState<'webrtc' | 'hls'>('webrtc')
  const transport: Transport = frames && away === 'webrtc' && wish !== 'webrtc' ? 'frames' : away

  useEffect(() => {
    carried.current = hls
  }, [hls])

  useEffect(() => {
    if (!wanted || !video.current) return
    let isOver = false
    const learn = (fact: Partial<ViewingNow>) => {
      if (!isOver) setNow((before) => ({ ...before, ...fact }))
    }
    const mayFallBack = delivery !== 'p2p' && wish === 'auto' && transport === 'webrtc'
    let patience: ReturnType<typeof setTimeout> | undefined
    const fallBack = () => {
      blocked.current = true
      setTransport('hls')
    }
    const look = ({ state, problem }: StateChange<ViewingState>) => {
      const passage = mayFallBack && carried.current && !isOver ? passageOf(state, problem?.code) : 'open'
      if (passage === 'unknown') patience ??= setTimeout(fallBack, CONNECTS_WITHIN)
      else {
        clearTimeout(patience)
        patience = undefined
      }
      if (passage === 'blocked') fallBack()
    }
    const listeners = {
      onState: (change: StateChange<ViewingState>) => {
        learn({ change })
        look(change)
      },
      onPlayback: (playback: Playback) => learn({ playback }),
      onViewers: (viewers: number) => learn({ viewers }),
      onLayers: (layers: readonly LayerOffer[]) => learn({ layers }),
      onStatistics: (statistics: ViewingStatistics) =>
        learn({
          statistics,
          latency: viewing.current?.latency ?? null,
          behind: rewindable.current?.behind ?? 0,
          window: rewindable.current?.window ?? 0,
        }),
    }
    const options = { ...listeners, behind: behind.current }
    behind.current = 0
    const opening = openViewing(video.current, { id, delivery, transport }, options)
    void opening.then((opened) => {
      if (isOver) return
      viewing.current = opened.viewing
      rewindable.current = opened.rewindable
    })
    look(AT_FIRST.change)
    return () => {
      isOver = true
      clearTimeout(patience)
      viewing.current = undefined
      rewindable.current = undefined
      void opening.then((opened) => opened.viewing.close())
      setNow((before) => ({ ...AT_FIRST, viewers: before.viewers }))
    }
  }, [video, id, delivery, wanted, attempt, wish, transport])

  const prefer = useCallback((next: Wish) => {
    blocked.current = false
    setWish(next)
    setTransport(next === 'hls' ? 'hls' : 'webrtc')
  }, [])

  return {
    ...now,
    transport,
    wish,
    prefer,
    play: useCallback(() => void viewing.current?.play(), []),
    setLayer: useCallback((choice: LayerChoice) => void viewing.current?.setLayer(choice), []),
    again: useCallback(() => setAttempt((count) => count + 1), []),
    /** Only HLS keeps what was; whoever goes back in time changes over to it. */
    seekBehind: useCallback((seconds: number) => {
      if (rewindable.current) rewindable.current.seekBehind(seconds)
      else {
        behind.current = seconds
        setTransport('hls')
      }
    }, []),
    goLive: useCallback(() => {
      rewindable.current?.goLive()
      if (wish !== 'hls' && !blocked.current) setTransport('webrtc')
    }, [wish]),
  }
}
