import './live-grid.css'
import { Button } from '@mantine/core'
import { IconBroadcast } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useNow } from '../use-now.ts'
import { LiveCard } from './live-card.tsx'
import { texts } from './texts.ts'
import type { LiveBroadcasts } from './use-live-broadcasts.ts'
import { useLookedAt } from './use-looked-at.ts'

/** Who is on air, as pictures. */
export function LiveGrid({ broadcasts }: Pick<LiveBroadcasts, 'broadcasts'>) {
  const now = useNow(20_000)
  const { lookedAt, look } = useLookedAt()

  if (!broadcasts)
    return (
      <div role="status">
        <span className="k-unseen">{texts.loading}</span>
        <ul className="live-grid" aria-hidden="true">
          {[1, 2, 3].map((place) => (
            <li key={place} className="live-grid-waiting" />
          ))}
        </ul>
      </div>
    )
  if (broadcasts.length === 0) return <NobodyLive />
  return (
    <ul className="live-grid">
      {broadcasts.map((broadcast) => (
        <li key={broadcast.id}>
          <LiveCard
            broadcast={broadcast}
            now={now}
            previewing={lookedAt === broadcast.id && broadcast.delivery === 'sfu'}
            onLook={(looking) => look(broadcast.id, looking)}
          />
        </li>
      ))}
    </ul>
  )
}

/** A friendly word instead of an empty list. */
export function NobodyLive() {
  return (
    <div className="nobody-live">
      <span className="nobody-live-lamp" aria-hidden="true">
        <IconBroadcast size={28} />
      </span>
      <p className="nobody-live-title">{texts.empty}</p>
      <p className="k-dim">{texts.emptyHint}</p>
      <Button variant="default" renderRoot={(props) => <Link to="/broadcast/" {...props} />}>
        {texts.emptyAction}
      </Button>
    </div>
  )
}
