import './home-page.css'
import { IconArrowRight, IconBroadcast } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { LiveGrid } from '../live/live-grid.tsx'
import { texts as liveTexts } from '../live/texts.ts'
import { useLiveBroadcasts } from '../live/use-live-broadcasts.ts'
import { useTitle } from '../use-title.ts'
import { texts } from './texts.ts'
import { WatchDoor } from './watch-door.tsx'

/** Two doors, and who is live. */
export default function HomePage() {
  useTitle('')
  const live = useLiveBroadcasts()
  return (
    <>
      <section className="home-hero">
        <h1 className="home-title">{texts.title}</h1>
        <p className="home-lead">{texts.lead}</p>
        <div className="home-doors">
          <Link to="/broadcast/" className="door door-live">
            <span className="door-icon" aria-hidden="true">
              <IconBroadcast size={30} />
            </span>
            <span className="door-title">{texts.goLive}</span>
            <span className="door-hint">{texts.goLiveHint}</span>
            <IconArrowRight className="door-arrow" size={28} aria-hidden="true" />
          </Link>
          <WatchDoor />
        </div>
      </section>
      <section aria-labelledby="live-now">
        <div className="home-list-head">
          <h2 id="live-now" className="home-subtitle">
            {texts.liveNow}
          </h2>
          <span className="home-trouble" role="status">
            {live.connected ? '' : liveTexts.offline}
          </span>
          <Link to="/streams/">{texts.all}</Link>
        </div>
        <LiveGrid broadcasts={live.broadcasts} />
      </section>
    </>
  )
}
