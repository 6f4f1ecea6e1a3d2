import './library-card.css'
import { IconMovie } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { LibraryItem } from '../../client/index.ts'
import { clockText, resolutionText } from '../figures.ts'
import { onServer } from '../server-address.ts'
import { dateText } from './date-text.ts'
import { positionOf } from './player/kept-positions.ts'
import { percentSeen } from './player/positions.ts'
import { sizeText } from './size-text.ts'
import { texts } from './texts.ts'

/** One item of the grid: its picture, how long it is, how far it was watched, and what it is. */
export function LibraryCard({ item }: { item: LibraryItem }) {
  const { kind, id, title, duration, width, height, createdAt, size, listed } = item
  const position = positionOf(item)
  const facts = [
    dateText(createdAt),
    sizeText(size),
    width !== null && height !== null ? resolutionText(width, height) : undefined,
  ]
  return (
    <Link to="/library/$kind/$id/" params={{ kind, id }} className="library-card">
      <span className="library-picture">
        <Poster item={item} />
        {kind === 'recording' && (
          <span className="library-kind">{listed ? texts.recording : texts.notListed}</span>
        )}
        {duration !== null && (
          <span className="library-duration">
            <span className="k-unseen">{texts.duration} </span>
            {clockText(duration * 1000)}
          </span>
        )}
        {position && (
          <span className="library-seen" style={{ width: `${percentSeen(position)}%` }}>
            <span className="k-unseen">{texts.seen(percentSeen(position))}</span>
          </span>
        )}
      </span>
      <span className="library-title">{title}</span>
      <span className="library-facts">{facts.filter((fact) => fact !== undefined).join(' · ')}</span>
    </Link>
  )
}

function Poster({ item: { poster } }: { item: LibraryItem }) {
  if (poster === null)
    return <IconMovie size={44} stroke={1.25} className="library-no-poster" aria-hidden="true" />
  return (
    <img
      className="library-poster"
      src={onServer(`.${poster}`).href}
      alt=""
      loading="lazy"
      decoding="async"
    />
  )
}
