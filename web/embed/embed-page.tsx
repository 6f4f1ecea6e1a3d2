import './embed-page.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { broadcastQuery } from '../broadcast-query.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { useTitle } from '../use-title.ts'
import { pictureAddress } from '../viewer-token.ts'
import { hasSound, isAudioOnly } from '../watch/audio-only.ts'
import { LivePlayer } from '../watch/live-player.tsx'
import { WatchFailure } from '../watch/watch-failure.tsx'
import { embedOptions } from './embed-options.ts'

/** The player alone, for an iframe. */
export default function EmbedPage() {
  const { id } = useParams({ from: '/embed/$id' })
  const [options] = useState(() => embedOptions(location.search))
  const { data: broadcast, error, refetch } = useQuery(broadcastQuery(id))
  useTitle(broadcast ? broadcastTitle(broadcast) : '')

  return (
    <main className="embed" data-mantine-color-scheme="dark">
      {error && !broadcast && <WatchFailure error={error} onAgain={() => void refetch()} />}
      {broadcast && (
        <LivePlayer
          {...options}
          id={id}
          delivery={broadcast.delivery}
          poster={pictureAddress(id, broadcast.thumbnail)}
          audioOnly={isAudioOnly(broadcast)}
          sound={hasSound(broadcast)}
          hls={broadcast.urls.hls !== null}
          frames={broadcast.codecs.includes('JPEG')}
          fill
        />
      )}
    </main>
  )
}
