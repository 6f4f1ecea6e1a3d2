import './mantine-styles.ts'
import './library-page.css'
import { Button } from '@mantine/core'
import { IconMovie } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { type LibraryItem, ProblemError } from '../../client/index.ts'
import { Logo } from '../shell/logo.tsx'
import { Notice } from '../shell/notice.tsx'
import { useTitle } from '../use-title.ts'
import { LibraryCard } from './library-card.tsx'
import { libraryQuery } from './library-queries.ts'
import { type LibrarySearch, librarySearchIn } from './library-search.ts'
import { LibraryTools } from './library-tools.tsx'
import { texts } from './texts.ts'
import { useUploads } from './uploads/page-uploads.ts'
import { UploadButton } from './uploads/upload-button.tsx'
import { UploadList } from './uploads/upload-list.tsx'

/** Recordings and files: searched, sorted, uploaded. */
export default function LibraryPage() {
  useTitle(texts.title)
  const search = useSearch({ from: '/framed/library' })
  const navigate = useNavigate()
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    libraryQuery(search),
  )
  const arrived = useUploads().filter(({ state }) => state === 'done').length
  useEffect(() => {
    if (arrived > 0) void refetch()
  }, [arrived, refetch])
  const change = useCallback(
    (wanted: Partial<Record<keyof LibrarySearch, string | undefined>>) =>
      void navigate({
        to: '/library/',
        search: (before: object) => librarySearchIn({ ...before, ...wanted }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )

  if (error && !data) return <LibraryFailure error={error} onAgain={() => void refetch()} />
  const latest = data?.pages.at(-1)
  const isSearched = search.q !== undefined || search.kind !== undefined
  return (
    <>
      <div className="library-head">
        <h1 className="library-heading">{texts.title}</h1>
        <p className="k-dim library-summary" role="status">
          {latest ? summaryOf(latest) : texts.loading}
        </p>
        {latest && <UploadButton rules={latest.uploads} />}
      </div>
      <LibraryTools search={search} onChange={change} />
      <UploadList />
      {latest?.posters === false && <p className="k-dim library-note">{texts.noPosters}</p>}
      {latest?.total === 0 ? (
        <EmptyLibrary isSearched={isSearched} onAll={() => change({ q: undefined, kind: undefined })} />
      ) : (
        <LibraryGrid items={data?.pages.flatMap(({ items }) => items)} />
      )}
      {hasNextPage && (
        <div className="library-more">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {texts.more}
          </Button>
        </div>
      )}
    </>
  )
}

function summaryOf({ total, pending }: { total: number; pending: number }): string {
  return pending > 0 ? `${texts.summary(total)} · ${texts.pending(pending)}` : texts.summary(total)
}

function LibraryGrid({ items }: { items: readonly LibraryItem[] | undefined }) {
  if (!items)
    return (
      <ul className="library-grid" aria-hidden="true">
        {[1, 2, 3].map((place) => (
          <li key={place} className="library-waiting" />
        ))}
      </ul>
    )
  return (
    <ul className="library-grid">
      {items.map((item) => (
        <li key={`${item.kind}/${item.id}`}>
          <LibraryCard item={item} />
        </li>
      ))}
    </ul>
  )
}

function EmptyLibrary({ isSearched, onAll }: { isSearched: boolean; onAll: () => void }) {
  return (
    <div className="library-empty">
      <span className="library-empty-picture" aria-hidden="true">
        <IconMovie size={28} />
      </span>
      <p className="library-empty-title">{isSearched ? texts.notFound : texts.empty}</p>
      <p className="k-dim">{isSearched ? texts.notFoundHint : texts.emptyHint}</p>
      {isSearched && (
        <Button variant="default" onClick={onAll}>
          {texts.showAll}
        </Button>
      )}
    </div>
  )
}

function LibraryFailure({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const isClosed = error instanceof ProblemError && error.status === 401
  return (
    <Notice
      title={isClosed ? texts.closed : texts.unreachable}
      hint={isClosed ? texts.closedHint : texts.unreachableHint}
      picture={<Logo size={64} />}
    >
      <Button onClick={onAgain}>{texts.again}</Button>
    </Notice>
  )
}
