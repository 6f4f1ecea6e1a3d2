import '../theme/table.css'
import './viewing-table.css'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { LoggedViewing } from '../../client/index.ts'
import { clockText } from '../figures.ts'
import { Named } from './named.tsx'
import { texts } from './texts.ts'
import { bytesText, intervalsText, momentText } from './viewing-figures.ts'

const COLUMNS = Object.entries(texts.columns)

/** A table on wide screens, cards on narrow ones. The roles keep it a table when its looks change. */
export function ViewingTable({
  viewings,
  now,
  onForget,
}: {
  viewings: readonly LoggedViewing[] | undefined
  now: number
  onForget: (user: string) => void
}) {
  return (
    <table className="k-table viewings" role="table" aria-busy={!viewings} aria-label={texts.title}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(([name, heading]) => (
            <th key={name} role="columnheader" scope="col" data-column={name}>
              {heading}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span className="k-unseen">{texts.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {viewings?.map((viewing) => (
          <ViewingRow key={viewing.id} viewing={viewing} now={now} onForget={onForget} />
        ))}
        {!viewings && <tr className="viewings-waiting" aria-hidden="true" />}
      </tbody>
    </table>
  )
}

function ViewingRow({
  viewing,
  now,
  onForget,
}: {
  viewing: LoggedViewing
  now: number
  onForget: (user: string) => void
}) {
  const { user, address, protocol, startedAt, endedAt, secondsWatched, bytes } = viewing
  const going = endedAt === null
  return (
    <tr role="row" data-going={going}>
      <td role="cell" data-column="what">
        <Subject subject={viewing.subject} />
      </td>
      <td role="cell" data-column="who">
        <span className="k-table-main">{user === null ? texts.anonymous : <Named userId={user} />}</span>
        <span className="k-table-minor viewings-address">{address}</span>
      </td>
      <td role="cell" data-column="when">
        <time className="k-table-main" dateTime={startedAt}>
          {momentText(Date.parse(startedAt), now)}
        </time>
        {going && <span className="k-table-minor viewings-going">{texts.going}</span>}
      </td>
      <td role="cell" data-column="duration">
        <Label column="duration" />
        <span className="k-table-main">{clockText(secondsWatched * 1000)}</span>
        <span className="k-table-minor">{intervalsText(viewing)}</span>
      </td>
      <td role="cell" data-column="protocol">
        <Label column="protocol" />
        {texts.protocols[protocol] ?? protocol}
      </td>
      <td role="cell" data-column="bytes">
        <Label column="bytes" />
        {bytesText(bytes)}
      </td>
      <td role="cell" data-column="actions">
        {user !== null && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`${texts.forget}: ${user}`}
            onClick={() => onForget(user)}
          >
            {texts.forget}
          </Button>
        )}
      </td>
    </tr>
  )
}

function Subject({ subject: { kind, id, title } }: Pick<LoggedViewing, 'subject'>) {
  const name = title || id
  return (
    <>
      {kind === 'broadcast' ? (
        <Link to="/admin/watch-log/" search={{ broadcast: id }} className="k-table-main">
          {name}
        </Link>
      ) : (
        <span className="k-table-main">{name}</span>
      )}
      <span className="k-table-minor">{texts.kinds[kind] ?? kind}</span>
    </>
  )
}

/** Where there is no heading above, on narrow screens. */
function Label({ column }: { column: keyof typeof texts.columns }) {
  return (
    <span className="k-table-label" aria-hidden="true">
      {texts.columns[column]}
    </span>
  )
}
