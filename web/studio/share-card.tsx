import { useQuery } from '@tanstack/react-query'
import type { BroadcastView } from '../../client/index.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { serverQuery } from '../server-query.ts'
import { ShareButton } from '../share/share-button.tsx'
import { CopyField } from './copy-field.tsx'
import { NamedPeople } from './named-people.tsx'
import { PrivateLinks } from './private-links.tsx'
import { texts } from './texts.ts'

/** How others come to watch: the link for everybody, or links for those who may. */
export function ShareCard({ broadcast }: { broadcast: BroadcastView }) {
  const { view } = broadcast.urls
  const isPrivate = broadcast.visibility === 'private'
  const { data: server } = useQuery(serverQuery)
  const sheet = 'share' in navigator && matchMedia('(pointer: coarse)').matches
  return (
    <section className="studio-card studio-fields" aria-labelledby="share-card">
      <div>
        <h2 id="share-card" className="studio-subtitle">
          {texts.share}
        </h2>
        <p className="studio-hint">{isPrivate ? texts.sharePrivatelyHint : texts.shareHint}</p>
      </div>
      {isPrivate ? <PrivateLinks id={broadcast.id} /> : <CopyField label={texts.shareLabel} value={view} />}
      {isPrivate && server?.accounts && <NamedPeople id={broadcast.id} />}
      <div className="studio-row">
        {sheet && !isPrivate && <ShareButton title={broadcastTitle(broadcast)} url={view} />}
        <a href={view} target="_blank" rel="noreferrer">
          {texts.open}
        </a>
      </div>
    </section>
  )
}
