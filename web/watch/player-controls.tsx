import 'media-chrome/dist/media-controller.js'
import 'media-chrome/dist/media-control-bar.js'
import 'media-chrome/dist/media-play-button.js'
import 'media-chrome/dist/media-mute-button.js'
import 'media-chrome/dist/media-volume-range.js'
import 'media-chrome/dist/media-pip-button.js'
import 'media-chrome/dist/media-fullscreen-button.js'
import './player-controls.css'
import { createElement, type ReactNode } from 'react'
import type { LayerChoice, LayerOffer } from '../../client/index.ts'
import { QualityMenu } from './quality-menu.tsx'
import type { Wish } from './transport.ts'
import { TransportMenu } from './transport-menu.tsx'

/** The bar below the picture. Importing it brings media-chrome's elements, the controller's too, to life. */
export default function PlayerControls({
  sound,
  layers,
  onLayer,
  wish,
  onWish,
  timeLine,
}: {
  sound: boolean
  layers: readonly LayerOffer[]
  onLayer: (choice: LayerChoice) => void
  wish: Wish
  /** Absent where there is no choice. */
  onWish: ((wish: Wish) => void) | undefined
  /** Above the bar; absent where one can not go back in time. */
  timeLine: ReactNode
}) {
  const bar = createElement(
    'media-control-bar',
    { class: 'player-bar' },
    createElement('media-play-button', { notooltip: '' }),
    sound && createElement('media-mute-button', { notooltip: '' }),
    sound && createElement('media-volume-range', { class: 'player-volume' }),
    <span className="player-bar-space" />,
    <TransportMenu wish={wish} onWish={onWish} />,
    <QualityMenu layers={layers} onLayer={onLayer} />,
    createElement('media-pip-button', { notooltip: '' }),
    createElement('media-fullscreen-button', { notooltip: '' }),
  )
  return (
    <>
      {timeLine}
      {bar}
    </>
  )
}
