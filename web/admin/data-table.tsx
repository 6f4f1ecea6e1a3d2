import '../theme/table.css'
import './data-table.css'
import type { ReactNode } from 'react'

/** One column; `end` puts it to the right, as figures are. */
export type Column<Row> = {
  readonly heading: string
  readonly cell: (row: Row) => ReactNode
  readonly end?: boolean
  /** As wide as an IPv4 address at least: it reads badly in two lines. */
  readonly roomy?: boolean
  /** Has its words for screen readers in itself. */
  readonly actions?: boolean
}

/** A table on wide screens, cards on narrow ones. The roles keep it a table when its looks change. */
export function DataTable<Row extends { id: string }>({
  label,
  rows,
  columns,
  none,
}: {
  label: string
  rows: readonly Row[] | undefined
  columns: readonly Column<Row>[]
  /** What is said instead of an empty table. */
  none: string
}) {
  if (rows?.length === 0) return <p className="admin-none">{none}</p>
  return (
    <table className="k-table data-table" role="table" aria-busy={!rows} aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ heading, end, actions }) => (
            <th key={heading} role="columnheader" scope="col" data-end={end}>
              {actions ? <span className="k-unseen">{heading}</span> : heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows?.map((row) => (
          <tr key={row.id} role="row">
            {columns.map(({ heading, cell, end, roomy, actions }, index) => (
              <td key={heading} role="cell" data-end={end} data-roomy={roomy} data-actions={actions}>
                {index > 0 && !actions && (
                  <span className="k-table-label" aria-hidden="true">
                    {heading}
                  </span>
                )}
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
        {!rows && <tr className="data-table-waiting" aria-hidden="true" />}
      </tbody>
    </table>
  )
}

/** Two lines of a cell: what it is, and what else there is to know. */
export function TwoLines({ main, minor }: { main: ReactNode; minor?: ReactNode }) {
  return (
    <>
      <span className="k-table-main">{main}</span>
      {minor !== undefined && minor !== null && <span className="k-table-minor">{minor}</span>}
    </>
  )
}

/** A word in a colour that says whether it is well. */
export function Mark({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'calm'; children: ReactNode }) {
  return (
    <span className="data-mark" data-tone={tone}>
      {children}
    </span>
  )
}
