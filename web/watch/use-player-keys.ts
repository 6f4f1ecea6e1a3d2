import { type RefObject, useEffect } from 'react'
import { playerRequest } from './player-request.ts'

/** Keys work anywhere on the page, except where they mean something else. */
export function usePlayerKeys(video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const element = video.current
      if (!element || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.target instanceof Element && ownsKeys(event.target, event.key)) return
      const request = playerRequest(event.key.toLowerCase(), element, {
        fullScreen: document.fullscreenElement !== null,
        floating: document.pictureInPictureElement === element,
      })
      if (request === undefined) return
      event.preventDefault()
      element.dispatchEvent(new CustomEvent(request, { bubbles: true, composed: true }))
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [video])
}

/** Fields take every key; whatever can be pressed takes the space bar. */
function ownsKeys(target: Element, key: string): boolean {
  if (target.closest('input, select, textarea, [contenteditable]')) return true
  return key === ' ' && target.closest('button, a, summary, [role="button"], [role="slider"]') !== null
}
