import './floating-reactions.css'
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Burst } from './use-chat.ts'

type Float = { key: number; emoji: string; style: CSSProperties }

/** A crowd is shown by some of it. */
const MAX_OF_ONE = 8
const MAX_FLOATS = 40
const STILL_FOR = 2500

/** Reactions rise over the picture; whoever wants no motion sees them counted in its corner. */
export function FloatingReactions({ burst, over }: { burst: Burst | undefined; over: HTMLElement | null }) {
  const [floats, setFloats] = useState<readonly Float[]>([])
  const keys = useRef(0)
  const [still, setStill] = useState<Burst>()

  useEffect(() => {
    if (!burst) return
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setStill(burst)
      const timer = setTimeout(() => setStill(undefined), STILL_FOR)
      return () => clearTimeout(timer)
    }
    const risen = Object.entries(burst.counts).flatMap(([emoji, count]) =>
      Array.from({ length: Math.min(count, MAX_OF_ONE) }, () => newFloat(keys.current++, emoji)),
    )
    setFloats((before) => [...before, ...risen].slice(-MAX_FLOATS))
    return
  }, [burst])

  if (!over) return null
  return createPortal(
    <div className="floats" aria-hidden="true">
      {floats.map(({ key, emoji, style }) => (
        <span
          key={key}
          className="float"
          style={style}
          onAnimationEnd={() => setFloats((before) => before.filter((float) => float.key !== key))}
        >
          {emoji}
        </span>
      ))}
      {still && (
        <span className="floats-still">
          {Object.entries(still.counts)
            .map(([emoji, count]) => (count === 1 ? emoji : `${emoji} ${count}`))
            .join('  ')}
        </span>
      )}
    </div>,
    over,
  )
}

function newFloat(key: number, emoji: string): Float {
  const style = {
    right: `${4 + Math.random() * 18}%`,
    animationDelay: `${Math.random() * 500}ms`,
    animationDuration: `${2400 + Math.random() * 1400}ms`,
    '--drift': `${(Math.random() - 0.5) * 3}rem`,
  } as CSSProperties
  return { key, emoji, style }
}
