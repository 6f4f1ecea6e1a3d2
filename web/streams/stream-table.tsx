import '../theme/table.css'
import { Link } from '@tanstack/react-router'
import type { BroadcastView } from '../../client/index.ts'
import { bitrateText, clockText, resolutionText } from '../figures.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { LiveBadge } from '../live/live-badge.tsx'
import { Thumbnail } from '../live/thumbnail.tsx'
import { texts } from './texts.ts'

const COLUMNS = Object.entries(texts.columns)

/** A table on wide screens, cards on narrow ones. The roles keep it a table when its looks change. */
export function StreamTable({
  broadcasts,
  now,
}: {
  broadcasts: readonly BroadcastView[] | undefined
  now: number
}) {
  return (
    <table className="k-table streams" role="table" aria-busy={!broadcasts}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(([name, heading]) => (
            <th key={name} role="columnheader" scope="col" data-column={name}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {broadcasts?.map((broadcast) => (
          <StreamRow key={broadcast.id} broadcast={broadcast} now={now} />
        ))}
        {!broadcasts && <tr className="streams-waiting" aria-hidden="true" />}
      </tbody>
    </table>
  )
}

function StreamRow({ broadcast, now }: { broadcast: BroadcastView; now: number }) {
  const { id, state, viewers, startedAt, health } = broadcast
  return (
    <tr role="row">
      <td role="cell" data-column="broadcast">
        <Link to="/view/$id/" params={{ id }} className="streams-link">
          <Thumbnail broadcast={broadcast} />
          <span className="streams-name">{broadcastTitle(broadcast)}</span>
        </Link>
      </td>
      <td role="cell" data-column="state">
        <LiveBadge state={state} />
      </td>
      <Figure column="viewers">{viewers.toLocaleString('en')}</Figure>
      <Figure column="since">{startedAt ? clockText(now - Date.parse(startedAt)) : texts.nothing}</Figure>
      <Figure column="picture">{pictureOf(broadcast)}</Figure>
      <Figure column="bitrate">{health ? bitrateText(health.bitrate) : texts.nothing}</Figure>
    </tr>
  )
}

function Figure({ column, children }: { column: keyof typeof texts.columns; children: string }) {
  return (
    <td role="cell" data-column={column}>
      <span className="k-table-label" aria-hidden="true">
        {texts.columns[column]}
      </span>
      <span className="streams-figure">{children}</span>
    </td>
  )
}

/** `1080p · H264`, as far as it is known. */
function pictureOf({ tracks, codecs, health }: BroadcastView): string {
  const video = tracks.find(({ kind }) => kind === 'video')
  const layers = [...(video?.layers ?? []), ...(health?.layers ?? [])]
  const { width, height } = layers.find((layer) => layer.height !== undefined) ?? {}
  const size = width && height ? resolutionText(width, height) : undefined
  const parts = [size, video?.codec ?? codecs[0]].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(' · ') : texts.nothing
}
