import { texts } from './texts.ts'
import type { Wish } from './transport.ts'

/** How the picture should come; absent where there is no choice. */
export function TransportMenu({ wish, onWish }: { wish: Wish; onWish: ((wish: Wish) => void) | undefined }) {
  if (!onWish) return null
  return (
    <label className="player-quality">
      <span className="k-unseen">{texts.transport}</span>
      <select value={wish} onChange={({ target: { value } }) => onWish(value as Wish)}>
        <option value="auto">{texts.transports.auto}</option>
        <option value="webrtc">{texts.transports.webrtc}</option>
        <option value="hls">{texts.transports.hls}</option>
      </select>
    </label>
  )
}
