import { useState } from 'react'
import type { LayerChoice, LayerOffer } from '../../client/index.ts'
import { texts } from './texts.ts'

/** Which layer to receive; absent where there is no choice. The browser's own menu works everywhere. */
export function QualityMenu({
  layers,
  onLayer,
}: {
  layers: readonly LayerOffer[]
  onLayer: (choice: LayerChoice) => void
}) {
  const [chosen, setChosen] = useState('')
  if (layers.length < 2) return null
  return (
    <label className="player-quality">
      <span className="k-unseen">{texts.quality}</span>
      <select
        value={chosen}
        onChange={({ target: { value } }) => {
          setChosen(value)
          onLayer(value === '' ? {} : { rid: value })
        }}
      >
        <option value="">{texts.automatic}</option>
        {layers.map(({ rid, width, height, active }, place) => (
          <option key={rid} value={rid} disabled={!active}>
            {texts.layer(width && height && Math.min(width, height), place)}
          </option>
        ))}
      </select>
    </label>
  )
}
