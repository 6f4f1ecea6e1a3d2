import './preview.css'
import { type ReactNode, type RefObject, useEffect } from 'react'
import { texts } from './texts.ts'
import type { Source } from './use-source.ts'

/** What the camera sees, before and while it is sent. It always takes the same room. */
export function Preview({
  source,
  video,
  children,
}: {
  source: Source
  video: RefObject<HTMLVideoElement | null>
  children?: ReactNode
}) {
  const { stream, choice } = source
  useEffect(() => {
    if (!video.current) return
    video.current.srcObject = stream ?? null
    // Refused only where the element is gone again.
    if (stream) video.current.play().catch(() => undefined)
  }, [stream, video])
  const mirrored = choice.picture === 'camera' && choice.facing === 'user'

  return (
    <div className="preview">
      <video
        ref={video}
        className="preview-video"
        data-mirrored={mirrored}
        aria-label={texts.preview}
        muted
        playsInline
      />
      {children}
    </div>
  )
}
