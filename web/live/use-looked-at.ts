import { useCallback, useEffect, useRef, useState } from 'react'

/** Passing over a card on the way to another one starts nothing. */
const DWELL = 350

/** The one card that somebody has been looking at for a moment; none for those who want little motion. */
export function useLookedAt(): {
  lookedAt: string | undefined
  look: (id: string, looking: boolean) => void
} {
  const [lookedAt, setLookedAt] = useState<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const look = useCallback((id: string, looking: boolean) => {
    clearTimeout(timer.current)
    if (!looking) setLookedAt((current) => (current === id ? undefined : current))
    else if (!matchMedia('(prefers-reduced-motion: reduce)').matches)
      timer.current = setTimeout(() => setLookedAt(id), DWELL)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  return { lookedAt, look }
}
