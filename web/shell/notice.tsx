import './notice.css'
import type { ReactNode } from 'react'

/** A calm message in the middle of the page, with what one can do now. */
export function Notice({
  title,
  hint,
  picture,
  children,
}: {
  title: string
  hint: string
  picture?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="notice">
      {picture}
      <h1 className="notice-title">{title}</h1>
      <p className="notice-hint">{hint}</p>
      <div className="notice-actions">{children}</div>
    </div>
  )
}
