import type { Layer } from '../../../core/layer.ts'
import type { LayerSelection } from '../../../core/media-host.ts'

/** What is known of a viewer's connection. */
export type Estimate = {
  /** Bits per second by REMB, 0 when it sends none. */
  readonly bitrate: number
  /** 0–1, smoothed over receive reports. */
  readonly loss: number
}

/** Room that must be left above a layer's bitrate before a viewer is moved up to it. */
const HEADROOM = 1.15
const LOSSY = 0.08
const CLEAN = 0.02

/**
 * The layer that a viewer should receive: what it asked for, else the best that its connection carries. A layer that
 * sends nothing is passed over.
 */
export function chooseLayer(
  layers: readonly Layer[],
  current: Layer | undefined,
  selection: LayerSelection,
  { bitrate, loss }: Estimate,
): Layer | undefined {
  const sending = layers.filter((layer) => layer.bitrate > 0)
  const candidates = bestFirst(sending.length > 0 ? sending : layers).filter((layer) =>
    fits(layer, selection),
  )
  const chosen = candidates.find(({ rid }) => rid === selection.rid)
  if (chosen) return chosen
  const at = current ? candidates.indexOf(current) : -1
  if (at < 0) return bitrate > 0 ? affordable(candidates, bitrate, HEADROOM) : candidates[0]
  if (bitrate > 0) {
    const best = affordable(candidates, bitrate, HEADROOM)
    const tooMuch = (current?.bitrate ?? 0) > bitrate
    return tooMuch || candidates.indexOf(best ?? (candidates[at] as Layer)) < at ? best : current
  }
  if (loss > LOSSY) return candidates[Math.min(at + 1, candidates.length - 1)]
  if (loss < CLEAN) return candidates[Math.max(at - 1, 0)]
  return current
}

/** Publishers name their layers in any order: pixels decide, where they are not known yet bitrate does. */
export function bestFirst(layers: readonly Layer[]): Layer[] {
  return layers.toSorted((a, b) => b.width * b.height - a.width * a.height || b.bitrate - a.bitrate)
}

const fits = (layer: Layer, { maxWidth, maxHeight }: LayerSelection) =>
  (maxWidth === undefined || layer.width <= maxWidth) &&
  (maxHeight === undefined || layer.height <= maxHeight)

const affordable = (layers: readonly Layer[], bitrate: number, headroom: number) =>
  layers.find((layer) => layer.bitrate * headroom <= bitrate) ?? layers.at(-1)
