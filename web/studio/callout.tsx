import './callout.css'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** Something that happened, and what to do about it. */
export function Callout({
  kind,
  title,
  hint,
  children,
}: {
  kind: 'info' | 'warn' | 'bad'
  title: string
  hint?: string | undefined
  children?: ReactNode
}) {
  const Icon = kind === 'info' ? IconInfoCircle : IconAlertTriangle
  return (
    <div className="callout" data-kind={kind} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon size={20} className="callout-icon" aria-hidden="true" />
      <div className="callout-words">
        <p className="callout-title">{title}</p>
        {hint !== undefined && <p className="callout-hint">{hint}</p>}
        {children !== undefined && <div className="callout-actions">{children}</div>}
      </div>
    </div>
  )
}
