import './mantine-styles.ts'
import '../watch/watch-page.css'
import './item-page.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import { type LibraryItem, type LibraryKind, ProblemError } from '../../client/index.ts'
import { clockText, resolutionText } from '../figures.ts'
import { onServer } from '../server-address.ts'
import { ShareButton } from '../share/share-button.tsx'
import { Logo } from '../shell/logo.tsx'
import { Notice } from '../shell/notice.tsx'
import { useTitle } from '../use-title.ts'
import { codecText } from './codec-text.ts'
import { dateText } from './date-text.ts'
import { DownloadButton } from './download-button.tsx'
import { libraryItemQuery } from './library-queries.ts'
import { texts as playerTexts } from './player/texts.ts'
import { VideoPlayer } from './player/video-player.tsx'
import { RemoveButton } from './remove-button.tsx'
import { sizeText } from './size-text.ts'
import { texts } from './texts.ts'

const ReplayChat = lazy(() => import('../chat/replay-chat.tsx'))

/** One recording or file, to watch, to keep and to remove. */
export default function ItemPage() {
  const { kind, id } = useParams({ from: '/framed/library/$kind/$id' })
  const { data: item, error, refetch } = useQuery(libraryItemQuery(kind as LibraryKind, id))
  const video = useRef<HTMLVideoElement>(null)
  const [picture, setPicture] = useState<HTMLElement | null>(null)
  const [hasChat, setHasChat] = useState(false)
  useTitle(item?.title ?? '')

  if (error && !item) return <ItemFailure error={error} onAgain={() => void refetch()} />
  if (!item)
    return (
      <div className="watch" role="status" aria-label={texts.opening}>
        <div className="player" />
        <div className="watch-heading-room" />
      </div>
    )
  return (
    <div className="watch">
      <VideoPlayer key={`${kind}/${id}`} item={item} video={video} overlay={setPicture}>
        <DownloadButton item={item} />
      </VideoPlayer>
      <div className="watch-heading">
        <div className="watch-words">
          <h1 className="watch-title">{item.title}</h1>
          <p className="watch-facts">{factsOf(item).join(' · ')}</p>
        </div>
        <div className="item-actions">
          <ShareButton title={item.title} url={onServer(`library/${kind}/${id}/`).href} />
          <DownloadButton item={item} />
          <RemoveButton item={item} />
        </div>
      </div>
      {kind === 'recording' && (
        <aside className={hasChat ? 'watch-chat' : undefined}>
          <Suspense>
            <ReplayChat key={id} recording={id} video={video} picture={picture} onKnown={setHasChat} />
          </Suspense>
        </aside>
      )}
      <p className="watch-keys">{playerTexts.keys}</p>
    </div>
  )
}

function factsOf({ createdAt, duration, size, width, height, codecs }: LibraryItem): string[] {
  return [
    dateText(createdAt),
    duration === null ? '' : clockText(duration * 1000),
    width === null || height === null ? '' : resolutionText(width, height),
    codecs.map(codecText).join(', '),
    sizeText(size),
  ]
    .filter((fact) => fact !== '')
    .map((fact) => fact.replaceAll(' ', '\u00a0'))
}

function ItemFailure({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const [title, hint] = wordsFor(error instanceof ProblemError ? error.status : 0)
  return (
    <Notice title={title} hint={hint} picture={<Logo size={64} />}>
      <Button onClick={onAgain}>{texts.again}</Button>
      <Button variant="default" renderRoot={(props) => <Link to="/library/" {...props} />}>
        {texts.toLibrary}
      </Button>
    </Notice>
  )
}

function wordsFor(status: number): [title: string, hint: string] {
  if (status === 401 || status === 403) return [texts.closed, texts.closedHint]
  return status === 400 || status === 404
    ? [texts.unknown, texts.unknownHint]
    : [texts.unreachable, texts.unreachableHint]
}
