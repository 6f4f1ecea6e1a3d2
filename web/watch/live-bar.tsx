import './live-bar.css'
import { type CSSProperties, useState } from 'react'
import { texts } from './texts.ts'

/** Goes back in time while it is live, and to live again with one press. */
export function LiveBar({
  behind,
  window,
  onSeek,
  onLive,
}: {
  /** Seconds behind live, 0 at live. */
  behind: number
  /** How far back it can go, in seconds. */
  window: number
  onSeek: (secondsBehind: number) => void
  onLive: () => void
}) {
  const [dragged, setDragged] = useState<number>()
  const shown = dragged ?? behind
  const isLive = shown === 0
  const commit = () => {
    if (dragged === undefined) return
    if (dragged === 0) onLive()
    else onSeek(dragged)
    setDragged(undefined)
  }
  return (
    // Whoever is behind sees it, also when the other controls are out of the way.
    <div className="live-bar" {...(!isLive && { noautohide: '' })}>
      <input
        type="range"
        className="live-bar-range"
        min={-Math.round(window)}
        max={0}
        step={1}
        value={-Math.round(shown)}
        aria-label={texts.timeline}
        aria-valuetext={isLive ? texts.atLive : texts.behind(shown)}
        style={passed(window > 0 ? 1 - shown / window : 1)}
        onChange={({ target: { value } }) => setDragged(-Number(value))}
        onPointerUp={commit}
        onKeyUp={commit}
        onBlur={commit}
      />
      <button type="button" className="live-bar-live" data-live={isLive} disabled={isLive} onClick={onLive}>
        {isLive ? texts.liveNow : `${texts.behind(shown)} · ${texts.backToLive}`}
      </button>
    </div>
  )
}

/** How much of the bar is behind the knob, for its style sheet. */
function passed(share: number): CSSProperties {
  return { '--passed': `${share * 100}%` } as CSSProperties
}
