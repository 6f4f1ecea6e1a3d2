import './live-badge.css'
import type { BroadcastState } from '../../client/index.ts'
import { texts } from './texts.ts'

/** State of a broadcast in one word and one colour. */
export function LiveBadge({ state }: { state: BroadcastState }) {
  return (
    <span className="live-badge" data-state={state}>
      <span className="live-badge-dot" aria-hidden="true" />
      {texts.states[state]}
    </span>
  )
}
