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
  const [sending, setSending] = useState(NOTHING)
  const learn = useCallback((fact: Partial<Sending>) => setSending((before) => ({ ...before, ...fact })), [])

  const start = useCallback(
    ({ id, streamKey, delivery }: OpenBroadcast, source: MediaStream, encoding: Encoding) => {
      void publication.current?.close()
      setSending({ ...NOTHING, change: { state: 'connecting' } })
      const options: PublishOptions = {
        ...encoding,
        key: streamKey,
        onState: (change) => learn(change.state === 'live' ? { change } : { change, seconds: [] }),
        onStatistics: (second) =>
          setSending((before) => ({ ...before, seconds: [...before.seconds, second].slice(-LASTING) })),
      }
      publication.current =
        delivery === 'p2p'
          ? publishPeerToPeer(onServer(`ws/webrtc/${id}/`), source, options)
          : publish(onServer(`whip/${id}`), source, options)
    },
    [learn],
  )

  const stop = useCallback(async () => {
    await publication.current?.close()
    publication.current = undefined
    setSending(NOTHING)
  }, [])

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
