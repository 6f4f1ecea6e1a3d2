import { useCallback, useEffect, useRef, useState } from 'react'
import {
  type FramesWish,
  type Publication,
  type PublicationState,
  type PublicationStatistics,
  type PublishOptions,
  publish,
  publishPeerToPeer,
  type StateChange,
} from '../../client/index.ts'
import { onServer } from '../server-address.ts'
import { LASTING } from './health-warnings.ts'
import { isBlocked, VIDEO_CONNECTS_WITHIN } from './video-passage.ts'
import type { Way } from './broadcast-plan.ts'
import type { OpenBroadcast } from './open-broadcast.ts'

/** How the browser shall encode. */
export type Encoding = Pick<PublishOptions, 'simulcast' | 'codecs' | 'maxBitrate'> & {
  way: Way
  frames: FramesWish
}

/** What this browser sends. */
export type Sending = {
  change: StateChange<PublicationState> | undefined
  /** Of the latest seconds, newest last. */
  seconds: readonly PublicationStatistics[]
  muted: { audio: boolean; video: boolean }
  /** JPEG frames are sent, because video could not be. */
  fellBack: boolean
  /** What is sent carries no sound. */
  silent: boolean
}

const NOTHING: Sending = {
  change: undefined,
  seconds: [],
  muted: { audio: false, video: false },
  fellBack: false,
  silent: false,
}

/** Sends the studio's stream to a broadcast from `start` until `stop`, whatever happens in between. */
export function usePublication(stream: MediaStream | undefined) {
  const publication = useRef<Publication>(undefined)
  const run = useRef(0)
  const newest = useRef(stream)
  const [sending, setSending] = useState(NOTHING)

  const stop = useCallback(async () => {
    run.current++ // what is left of it has no say any more
    const closing = publication.current?.close()
    publication.current = undefined
    setSending(NOTHING)
    await closing
  }, [])

  const start = useCallback(
    ({ id, streamKey, delivery }: OpenBroadcast, source: MediaStream, encoding: Encoding) => {
      void stop()
      const mine = run.current
      const learn = (fact: (before: Sending) => Partial<Sending>) => {
        if (mine === run.current) setSending((before) => ({ ...before, ...fact(before) }))
      }
      const { way, frames, ...video } = encoding
      let by: 'video' | 'frames' = way === 'frames' ? 'frames' : 'video'
      /** What becomes of the one is no news any more once the other sends. */
      const listening = (sender: typeof by): PublishOptions => ({
        key: streamKey,
        onState: (change) => {
          if (by === sender)
            learn(({ seconds }) => ({ change, seconds: change.state === 'live' ? seconds : [] }))
        },
        onStatistics: (second) => learn(({ seconds }) => ({ seconds: [...seconds, second].slice(-LASTING) })),
      })
      const sendFrames = async () => {
        learn(() => ({ silent: true }))
        const { publishFrames } = await import('../../client/frames.ts')
        if (mine !== run.current) return
        void publication.current?.close()
        const options = { ...listening('frames'), ...frames }
        publication.current = publishFrames(onServer(`ws/video/${id}/`), newest.current ?? source, options)
      }
      if (by === 'frames') {
        void sendFrames()
        return
      }
      const options = { ...video, ...listening('video') }
      const first =
        delivery === 'p2p'
          ? publishPeerToPeer(onServer(`ws/webrtc/${id}/`), source, options)
          : publish(onServer(`whip/${id}`), source, options)
      publication.current = first
      if (way !== 'automatic' || source.getVideoTracks().length === 0) return
      setTimeout(() => {
        if (mine !== run.current || !isBlocked(first)) return
        by = 'frames'
        learn(() => ({ fellBack: true }))
        void sendFrames()
      }, VIDEO_CONNECTS_WITHIN)
    },
    [stop],
  )

  const setMuted = useCallback((kind: 'audio' | 'video', muted: boolean) => {
    publication.current?.setMuted(kind, muted)
    setSending((before) => ({ ...before, muted: { ...before.muted, [kind]: muted } }))
  }, [])

  useEffect(() => {
    newest.current = stream
    if (stream) void publication.current?.setStream(stream)
  }, [stream])
  useEffect(() => () => void publication.current?.close(), [])

  return { sending, start, stop, setMuted }
}
