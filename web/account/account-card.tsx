import { type ReactNode, useId } from 'react'

/** One part of the account, under its own heading. */
export function AccountCard({
  title,
  mark,
  on,
  lead,
  children,
}: {
  title: string
  /** A word beside the title, such as a role or whether it is on. */
  mark?: string
  on?: boolean
  lead?: string
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className="account-card" aria-labelledby={id}>
      <div className="account-card-head">
        <h2 id={id} className="account-card-title">
          {title}
        </h2>
        {mark !== undefined && (
          <span className="account-mark" data-on={on ?? false}>
            {mark}
          </span>
        )}
      </div>
      {lead !== undefined && <p className="account-card-lead">{lead}</p>}
      <div className="account-card-body">{children}</div>
    </section>
  )
}
