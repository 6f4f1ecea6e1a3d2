import './moving-preview.css'
import { useEffect, useRef, useState } from 'react'
import { type Viewing, watch } from '../../client/index.ts'
import { onServer } from '../server-address.ts'
import { texts } from './texts.ts'

/** The broadcast itself, without sound, over its thumbnail as soon as it has a picture. */
export function MovingPreview({ id }: { id: string }) {
  const video = useRef<HTMLVideoElement>(null)
  const [moving, setMoving] = useState(false)

  useEffect(() => {
    if (!video.current) return
    const viewing: Viewing = watch(onServer(`whep/${id}?preview`), video.current, {
      events: false,
      media: 'video',
      onState: ({ state }) => setMoving(state === 'live'),
    })
    return () => void viewing.close()
  }, [id])

  return (
    <video
      ref={video}
      className="moving-preview"
      data-moving={moving}
      aria-label={texts.preview}
      tabIndex={-1}
      muted
      playsInline
    />
  )
}
