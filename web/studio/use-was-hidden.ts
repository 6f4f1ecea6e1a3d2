import { useCallback, useEffect, useState } from 'react'

/**
 * Whether the page was hidden since somebody last said that they know: on a phone, or `anywhere`, where what it sends
 * suffers from it.
 */
export function useWasHidden(anywhere: boolean): { wasHidden: boolean; dismiss: () => void } {
  const [wasHidden, setWasHidden] = useState(false)
  useEffect(() => {
    const changed = () => {
      if (document.visibilityState !== 'hidden') return
      if (anywhere || matchMedia('(pointer: coarse)').matches) setWasHidden(true)
    }
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  }, [anywhere])
  return { wasHidden, dismiss: useCallback(() => setWasHidden(false), []) }
}
