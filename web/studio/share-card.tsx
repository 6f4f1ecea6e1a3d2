import type { BroadcastView } from '../../client/index.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { ShareButton } from '../share/share-button.tsx'
import { CopyField } from './copy-field.tsx'
import { texts } from './texts.ts'

/** The public side of a broadcast: the link for everybody. */
export function ShareCard({ broadcast }: { broadcast: BroadcastView }) {
  const { view } = broadcast.urls
  const sheet = 'share' in navigator && matchMedia('(pointer: coarse)').matches
  return (
    <section className="studio-card studio-fields" aria-labelledby="share-card">
      <div>
        <h2 id="share-card" className="studio-subtitle">
          {texts.share}
        </h2>
        <p className="studio-hint">{texts.shareHint}</p>
      </div>
      <CopyField label={texts.shareLabel} value={view} />
      <div className="studio-row">
        {sheet && <ShareButton title={broadcastTitle(broadcast)} url={view} />}
        <a href={view} target="_blank" rel="noreferrer">
          {texts.open}
        </a>
      </div>
    </section>
  )
}
