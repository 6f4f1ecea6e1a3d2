import './live-card.css'
import { IconEye } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { BroadcastView } from '../../client/index.ts'
import { spanText, viewersText } from '../figures.ts'
import { broadcastTitle } from './broadcast-title.ts'
import { LiveBadge } from './live-badge.tsx'
import { MovingPreview } from './moving-preview.tsx'
import { texts } from './texts.ts'
import { Thumbnail } from './thumbnail.tsx'

/** One broadcast of the grid: a picture that begins to move when one looks at it, and what it is. */
export function LiveCard({
  broadcast,
  now,
  previewing,
  onLook,
}: {
  broadcast: BroadcastView
  now: number
  previewing: boolean
  /** Somebody points at it or has the focus on it, or no longer does. */
  onLook: (looking: boolean) => void
}) {
  const { id, state, viewers, startedAt } = broadcast
  return (
    <Link
      to="/view/$id/"
      params={{ id }}
      className="live-card"
      onPointerEnter={(event) => event.pointerType === 'mouse' && onLook(true)}
      onPointerLeave={() => onLook(false)}
      onFocus={() => onLook(true)}
      onBlur={() => onLook(false)}
    >
      <span className="live-card-picture">
        <Thumbnail broadcast={broadcast} />
        {previewing && <MovingPreview id={id} />}
        <span className="live-card-state">
          <LiveBadge state={state} />
        </span>
        <span className="live-card-viewers" title={viewersText(viewers)}>
          <IconEye size={14} aria-hidden="true" />
          {viewers}
          <span className="k-unseen">{viewers === 1 ? 'viewer' : 'viewers'}</span>
        </span>
      </span>
      <span className="live-card-title">{broadcastTitle(broadcast)}</span>
      <span className="live-card-since">
        {startedAt === null ? '' : texts.liveFor(spanText(now - Date.parse(startedAt)))}
      </span>
    </Link>
  )
}
