import { useCallback, useEffect, useRef, useState } from 'react'
import {
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
import type { OpenBroadcast } from './open-broadcast.ts'

/** How the browser shall encode. */
export type Encoding = Pick<PublishOptions, 'simulcast' | 'codecs' | 'maxBitrate'>

/** What this browser sends. */
export type Sending = {
  change: StateChange<PublicationState> | undefined
  /** Of the latest seconds, newest last. */
  seconds: readonly PublicationStatistics[]
  muted: { audio: boolean; video: boolean }
}

const NOTHING: Sending = { change: undefined, seconds: [], muted: { audio: false, video: false } }

/** Sends the studio's stream to a broadcast from `start` until `stop`, whatever happens in between. */
export function usePublication(stream: MediaStream | undefined) {
  const publication = useRef<Publication>(undefined)
  const run = useRef(0)
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
      const options: PublishOptions = {
        ...encoding,
        key: streamKey,
        onState: (change) =>
          learn(({ seconds }) => ({ change, seconds: change.state === 'live' ? seconds : [] })),
        onStatistics: (second) => learn(({ seconds }) => ({ seconds: [...seconds, second].slice(-LASTING) })),
      }
      publication.current =
        delivery === 'p2p'
          ? publishPeerToPeer(onServer(`ws/webrtc/${id}/`), source, options)
          : publish(onServer(`whip/${id}`), source, options)
    },
    [stop],
  )

  const setMuted = useCallback((kind: 'audio' | 'video', muted: boolean) => {
    publication.current?.setMuted(kind, muted)
    setSending((before) => ({ ...before, muted: { ...before.muted, [kind]: muted } }))
  }, [])

  useEffect(() => {
    if (stream) void publication.current?.setStream(stream)
  }, [stream])
  useEffect(() => () => void publication.current?.close(), [])

  return { sending, start, stop, setMuted }
}
