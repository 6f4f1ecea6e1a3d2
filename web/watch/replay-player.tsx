import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { BroadcastView } from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import { VideoPlayer } from '../library/player/video-player.tsx'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { pictureAddress } from '../viewer-token.ts'

/** Milliseconds: nobody else tells whoever sees a replay that it goes on. */
const LOOK_AGAIN = 15_000

/** A broadcast that is over, from its beginning. */
export default function ReplayPlayer({
  broadcast,
  playlist,
  overlay,
}: {
  broadcast: BroadcastView
  /** Path on the server. */
  playlist: string
  overlay: (element: HTMLElement | null) => void
}) {
  const video = useRef<HTMLVideoElement>(null)
  const { id, thumbnail, codecs } = broadcast
  useQuery({ ...broadcastQuery(id), refetchInterval: LOOK_AGAIN })
  const item = {
    kind: 'recording' as const,
    id,
    title: broadcastTitle(broadcast),
    play: playlist,
    contentType: 'application/vnd.apple.mpegurl',
    poster: pictureAddress(id, thumbnail),
    codecs,
  }
  return <VideoPlayer item={item} video={video} overlay={overlay} />
}
