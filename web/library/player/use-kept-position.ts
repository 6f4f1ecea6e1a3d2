import { type RefObject, useEffect } from 'react'
import type { LibraryItem } from '../../../client/index.ts'
import { keepPosition } from './kept-positions.ts'

/** Seconds of playing between two notes of where it is. */
const EVERY = 5

/** Notes where somebody is, so that the next visit can continue there. */
export function useKeptPosition(
  video: RefObject<HTMLVideoElement | null>,
  item: Pick<LibraryItem, 'kind' | 'id'>,
): void {
  const { kind, id } = item
  useEffect(() => {
    const element = video.current
    if (!element) return
    let noted = 0
    function note() {
      if (!element || !Number.isFinite(element.duration) || element.currentTime === 0) return
      noted = element.currentTime
      keepPosition({ kind, id }, element.currentTime, element.duration)
    }
    const moved = () => Math.abs(element.currentTime - noted) >= EVERY && note()
    element.addEventListener('timeupdate', moved)
    element.addEventListener('pause', note)
    element.addEventListener('ended', note)
    addEventListener('pagehide', note)
    return () => {
      note()
      element.removeEventListener('timeupdate', moved)
      element.removeEventListener('pause', note)
      element.removeEventListener('ended', note)
      removeEventListener('pagehide', note)
    }
  }, [video, kind, id])
}
