import './mantine-styles.ts'
import './entrance.css'
import type { ReactNode } from 'react'
import { Logo } from '../shell/logo.tsx'
import { useTitle } from '../use-title.ts'

/** One calm card in the light of the lamp: what every page by the door looks like. */
export function Entrance({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  useTitle(title)
  return (
    <section className="entrance" aria-labelledby="entrance-title">
      <div className="entrance-card">
        <Logo size={44} />
        <h1 id="entrance-title" className="entrance-title">
          {title}
        </h1>
        {lead !== undefined && <p className="entrance-lead">{lead}</p>}
        {children}
      </div>
    </section>
  )
}
