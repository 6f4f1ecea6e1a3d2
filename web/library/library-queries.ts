import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { getLibraryItem, type LibraryFilter, type LibraryKind, listLibrary } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'

const PAGE_SIZE = 24
/** While durations and posters are on their way, and else for what others add. */
const SOON = 1500
const LATER = 20_000

/** All pages of a list so far. */
export function libraryQuery(filter: LibraryFilter) {
  return infiniteQueryOptions({
    queryKey: ['library', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      listLibrary({ ...filter, page: pageParam, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    initialPageParam: 1,
    getNextPageParam: ({ page, pageSize, total }) => (page * pageSize < total ? page + 1 : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.at(-1)?.pending ?? 0) > 0 ? SOON : LATER),
  })
}

/** One item. */
export function libraryItemQuery(kind: LibraryKind, id: string) {
  return queryOptions({
    queryKey: ['library', 'item', kind, id],
    queryFn: ({ signal }) => getLibraryItem(kind, id, { server: SERVER, signal }),
  })
}
