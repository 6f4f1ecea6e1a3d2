import { useCallback, useEffect, useState } from 'react'

/** Whether a phone has hidden the page since somebody last said that they know. */
export function useWasHidden(): { wasHidden: boolean; dismiss: () => void } {
  const [wasHidden, setWasHidden] = useState(false)
  useEffect(() => {
    const changed = () => {
      if (document.visibilityState === 'hidden' && matchMedia('(pointer: coarse)').matches) setWasHidden(true)
    }
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  }, [])
  return { wasHidden, dismiss: useCallback(() => setWasHidden(false), []) }
}
