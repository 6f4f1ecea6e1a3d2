import { IconPlayerPlayFilled, IconVolumeOff } from '@tabler/icons-react'
import { type RefObject, useEffect, useState } from 'react'
import type { Playback } from '../../client/index.ts'
import { texts } from './texts.ts'

/** Large, and gone for good once there is sound. */
export function SoundButton({
  video,
  playback,
  silent,
  onPlay,
}: {
  video: RefObject<HTMLVideoElement | null>
  playback: Playback | undefined
  /** Sound is not wanted. */
  silent: boolean
  onPlay: () => void
}) {
  const [heard, setHeard] = useState(false)
  useEffect(() => {
    const element = video.current
    if (!element) return
    const changed = () => {
      if (!element.muted) setHeard(true)
    }
    changed()
    element.addEventListener('volumechange', changed)
    return () => element.removeEventListener('volumechange', changed)
  }, [video])

  const stuck = playback === 'needs-tap'
  if (!stuck && (silent || heard)) return null
  const Icon = stuck ? IconPlayerPlayFilled : IconVolumeOff

  function play() {
    if (video.current && !silent) video.current.muted = false
    onPlay()
  }

  return (
    <button type="button" className="player-sound" onClick={play}>
      <Icon size={22} aria-hidden="true" />
      {stuck ? texts.tapToPlay : texts.tapForSound}
    </button>
  )
}
