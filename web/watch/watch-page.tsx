import './watch-page.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { broadcastQuery } from '../broadcast-query.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { useNow } from '../use-now.ts'
import { useTitle } from '../use-title.ts'
import { pictureAddress } from '../viewer-token.ts'
import { hasSound, isAudioOnly } from './audio-only.ts'
import { ConnectionDetails } from './connection-details.tsx'
import { LivePlayer } from './live-player.tsx'
import { liveSeconds } from './live-seconds.ts'
import { replayQuery } from './replay-query.ts'
import { texts } from './texts.ts'
import { WatchFailure } from './watch-failure.tsx'
import { WatchHeading } from './watch-heading.tsx'

/** Comes after the picture: it is not what people wait for. */
const ChatPanel = lazy(() => import('../chat/chat-panel.tsx'))
const ReplayPlayer = lazy(() => import('./replay-player.tsx'))
/** What the heading shows beside a replay. */
const OVER = { change: { state: 'ended' }, viewers: undefined } as const

/** The player and what it plays. */
export default function WatchPage() {
  const { id } = useParams({ from: '/framed/view/$id' })
  const { data: broadcast, error, refetch } = useQuery(broadcastQuery(id))
  const { data: replay } = useQuery(replayQuery(broadcast))
  const clock = useNow(1000)
  const [picture, setPicture] = useState<HTMLElement | null>(null)
  useTitle(broadcast ? broadcastTitle(broadcast) : '')

  if (error && !broadcast) return <WatchFailure error={error} onAgain={() => void refetch()} />
  if (!broadcast)
    return (
      <div className="watch" role="status" aria-label={texts.stage.loading}>
        <div className="watch-stage">
          <div className="player" />
        </div>
        <div className="watch-heading-room" />
      </div>
    )
  const chat = broadcast.chat && (
    <aside className="watch-chat">
      <Suspense>
        <ChatPanel key={id} id={id} picture={picture} />
      </Suspense>
    </aside>
  )
  if (broadcast.state === 'ended' && replay)
    return (
      <div className="watch">
        <Suspense fallback={<div className="player" />}>
          <ReplayPlayer key={id} broadcast={broadcast} playlist={replay} overlay={setPicture} />
        </Suspense>
        <WatchHeading broadcast={broadcast} now={OVER} onChange={refetch} />
        {chat}
      </div>
    )
  return (
    <div className="watch">
      <LivePlayer
        key={id}
        id={id}
        delivery={broadcast.delivery}
        poster={pictureAddress(id, broadcast.thumbnail)}
        audioOnly={isAudioOnly(broadcast)}
        sound={hasSound(broadcast)}
        hls={broadcast.urls.hls !== null}
        frames={broadcast.codecs.includes('JPEG')}
        liveFor={liveSeconds(broadcast, clock)}
        overlay={setPicture}
      >
        {(now) => (
          <>
            <WatchHeading broadcast={broadcast} now={now} onChange={refetch} />
            {chat}
            <ConnectionDetails now={now} />
          </>
        )}
      </LivePlayer>
    </div>
  )
}
