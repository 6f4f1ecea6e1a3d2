import { IconEye } from '@tabler/icons-react'
import { lazy, Suspense, useEffect } from 'react'
import type { BroadcastState, BroadcastView, ViewingState } from '../../client/index.ts'
import { spanText, viewersText } from '../figures.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { LiveBadge } from '../live/live-badge.tsx'
import { texts as liveTexts } from '../live/texts.ts'
import { ShareButton } from '../share/share-button.tsx'
import { useNow } from '../use-now.ts'
import type { ViewingNow } from './use-viewing.ts'

const ReplayButton = lazy(() => import('../live/replay-button.tsx'))

/** What is on, since when, and how many watch. The address of a private one opens nothing for others. */
export function WatchHeading({
  broadcast,
  now,
  onChange,
}: {
  broadcast: BroadcastView
  now: Pick<ViewingNow, 'viewers'> & { change: Pick<ViewingNow['change'], 'state'> }
  /** It went live or ended: what is known of it is out of date. Always the same function. */
  onChange: () => unknown
}) {
  const clock = useNow(20_000)
  const state = broadcastStateOf(now.change.state) ?? broadcast.state
  const viewers = now.viewers ?? broadcast.viewers
  const onAir = state === 'live' || state === 'reconnecting'
  useEffect(() => {
    if (state !== broadcast.state) void onChange()
  }, [state, broadcast.state, onChange])

  return (
    <div className="watch-heading">
      <div className="watch-words">
        <h1 className="watch-title">{broadcastTitle(broadcast)}</h1>
        <p className="watch-facts">
          <LiveBadge state={state} />
          {onAir && (
            <>
              <span className="watch-viewers">
                <IconEye size={16} aria-hidden="true" />
                {viewersText(viewers)}
              </span>
              {broadcast.startedAt !== null && (
                <span>{liveTexts.liveFor(spanText(clock - Date.parse(broadcast.startedAt)))}</span>
              )}
            </>
          )}
        </p>
      </div>
      {broadcast.visibility !== 'private' && (
        <div className="watch-actions">
          {state === 'ended' && broadcast.record && (
            <Suspense>
              <ReplayButton broadcast={broadcast.id} />
            </Suspense>
          )}
          <ShareButton title={broadcastTitle(broadcast)} url={broadcast.urls.view} />
        </div>
      )}
    </div>
  )
}

/** What the player knows about the broadcast, as opposed to its own connection. */
function broadcastStateOf(state: ViewingState): BroadcastState | undefined {
  if (state === 'live' || state === 'ended') return state
  return state === 'offline' ? 'created' : undefined
}
