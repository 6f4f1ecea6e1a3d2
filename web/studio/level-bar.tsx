import './level-bar.css'
import { IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { meterLevel } from '../../client/index.ts'
import { texts } from './texts.ts'

/** Shows that the microphone hears something. */
export function LevelBar({ stream, muted = false }: { stream: MediaStream | undefined; muted?: boolean }) {
  const bar = useRef<HTMLSpanElement>(null)
  const meter = useRef<HTMLDivElement>(null)
  const silent = muted || !stream || stream.getAudioTracks().length === 0

  useEffect(() => {
    if (!stream || silent) return
    let told = 0
    const level = meterLevel(stream, (value) => {
      if (bar.current) bar.current.style.clipPath = `inset(0 ${(100 * (1 - value)).toFixed(1)}% 0 0)`
      const now = performance.now()
      if (now - told < 500) return
      told = now
      meter.current?.setAttribute('aria-valuenow', String(Math.round(value * 100)))
    })
    return () => level.stop()
  }, [stream, silent])

  const Icon = silent ? IconMicrophoneOff : IconMicrophone
  return (
    <div className="level" data-silent={silent}>
      <Icon size={18} aria-hidden="true" />
      <div
        ref={meter}
        className="level-track"
        role="meter"
        aria-label={texts.level}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      >
        {!silent && <span ref={bar} className="level-fill" />}
      </div>
    </div>
  )
}
