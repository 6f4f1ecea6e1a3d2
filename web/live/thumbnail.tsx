import './thumbnail.css'
import type { BroadcastView } from '../../client/index.ts'
import { Logo } from '../shell/logo.tsx'

/** The newest picture of a broadcast, or a lamp where there is none. It always takes the same room. */
export function Thumbnail({ broadcast }: { broadcast: BroadcastView }) {
  return (
    <span className="thumbnail logo-on-stage">
      <Logo size={48} />
      {broadcast.thumbnail !== null && (
        <img
          className="thumbnail-picture"
          src={broadcast.thumbnail}
          alt=""
          decoding="async"
          onError={(event) => (event.currentTarget.hidden = true)}
          onLoad={(event) => (event.currentTarget.hidden = false)}
        />
      )}
    </span>
  )
}
