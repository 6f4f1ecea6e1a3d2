import 'media-chrome/dist/media-controller.js'
import 'media-chrome/dist/media-control-bar.js'
import 'media-chrome/dist/media-play-button.js'
import 'media-chrome/dist/media-time-range.js'
import 'media-chrome/dist/media-time-display.js'
import 'media-chrome/dist/media-mute-button.js'
import 'media-chrome/dist/media-volume-range.js'
import 'media-chrome/dist/media-playback-rate-button.js'
import 'media-chrome/dist/media-pip-button.js'
import 'media-chrome/dist/media-fullscreen-button.js'
import '../../watch/player-controls.css'
import './video-controls.css'
import { createElement } from 'react'

/** The bars below the picture. Importing them brings media-chrome's elements, the controller's too, to life. */
export default function VideoControls() {
  return (
    <>
      {createElement('media-control-bar', { class: 'video-time' }, createElement('media-time-range'))}
      {createElement(
        'media-control-bar',
        { class: 'player-bar video-bar' },
        createElement('media-play-button', { notooltip: '' }),
        createElement('media-mute-button', { notooltip: '' }),
        createElement('media-volume-range', { class: 'player-volume' }),
        createElement('media-time-display', { showduration: '', notoggle: '' }),
        <span className="player-bar-space" />,
        createElement('media-playback-rate-button', { notooltip: '', rates: '0.5 1 1.25 1.5 2' }),
        createElement('media-pip-button', { class: 'video-pip', notooltip: '' }),
        createElement('media-fullscreen-button', { notooltip: '' }),
      )}
    </>
  )
}
