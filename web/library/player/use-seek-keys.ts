import { type RefObject, useEffect } from 'react'
import { seekTarget } from './seek-target.ts'

/** Keys seek anywhere on the page, except where they mean something else. */
export function useSeekKeys(video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const element = video.current
      if (!element || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.target instanceof Element && event.target.closest(OWN_KEYS)) return
      const target = seekTarget(event.key.toLowerCase(), element)
      if (target === undefined) return
      event.preventDefault()
      element.currentTime = target
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [video])
}

/** Fields, sliders and dialogs have a use for these keys themselves. */
const OWN_KEYS =
  'input, select, textarea, [contenteditable], [role="slider"], media-time-range, media-volume-range, dialog, [role="dialog"]'
