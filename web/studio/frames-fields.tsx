import './frames-fields.css'
import { useId } from 'react'
import type { FramesWish } from '../../client/index.ts'
import { texts } from './texts.ts'

/** How often a picture is sent, and how good it is. */
export function FramesFields({ wish, onChange }: { wish: FramesWish; onChange: (wish: FramesWish) => void }) {
  return (
    <>
      <Slider
        label={texts.framesRate}
        value={wish.fps}
        min={1}
        max={30}
        onChange={(fps) => onChange({ ...wish, fps })}
      />
      <Slider
        label={texts.framesQuality}
        value={Math.round(wish.quality * 100)}
        min={30}
        max={95}
        unit=" %"
        onChange={(percent) => onChange({ ...wish, quality: percent / 100 })}
      />
    </>
  )
}

function Slider({
  label,
  value,
  min,
  max,
  unit = '',
  onChange,
}: {
  label: string
  value: number
  min: number
  max: number
  unit?: string
  onChange: (value: number) => void
}) {
  const id = useId()
  return (
    <div className="frames-slider">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        value={value}
        aria-valuetext={`${value}${unit}`}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output htmlFor={id}>
        {value}
        {unit}
      </output>
    </div>
  )
}
