import { IconPlayerPlayFilled, IconVolumeOff } from '@tabler/icons-react'
import { type RefObject, useEffect, useState } from 'react'
import type { Playback } from '../../client/index.ts'
import { texts } from './texts.ts'

/** Large, and gone for good once there is sound or somebody has decided otherwise. */
export function SoundButton({
  video,
  playback,
  silent,
  onPlay,
}: {
  video: RefObject<HTMLVideoElement | null>
  playback: Playback | undefined
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
  if (!stuck && (silent || heard || playback !== 'muted')) return null
  return (
    <button type="button" className="player-sound" onClick={onPlay}>
      {stuck ? <IconPlayerPlayFilled size={22} /> : <IconVolumeOff size={22} />}
      {stuck ? texts.tapToPlay : texts.tapForSound}
    </button>
  )
}
