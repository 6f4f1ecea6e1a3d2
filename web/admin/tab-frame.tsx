import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTitle } from '../use-title.ts'
import { tableSearchIn, type TableSearch } from './table-search.ts'
import { texts } from './tab-texts.ts'

const TYPING_PAUSE = 250

/** Head of a tab: what it is, how much there is, and what can be done. */
export function TabFrame({
  title,
  summary,
  children,
}: {
  title: string
  summary?: string | undefined
  children: ReactNode
}) {
  useTitle(title)
  return (
    <>
      <div className="admin-head">
        <h1 className="admin-title">{title}</h1>
        <p className="k-dim admin-summary" role="status">
          {summary}
        </p>
      </div>
      {children}
    </>
  )
}

/** What the address of the tab says, and how to change it. */
export function useTableSearch(): [TableSearch, (next: TableSearch) => void] {
  const search = tableSearchIn(useSearch({ strict: false }))
  const navigate = useNavigate()
  return [search, (next) => void navigate({ to: '.', search: next, replace: true })]
}

/** Search and choice above a table, both in the address. */
export function TableTools({
  placeholder,
  choice,
  children,
}: {
  /** None: there is nothing to search. */
  placeholder?: string
  choice?: { label: string; all: string; of: Readonly<Record<string, string>> }
  children?: ReactNode
}) {
  const [search, show] = useTableSearch()
  const [text, setText] = useState(search.q ?? '')
  const change = (name: 'q' | 'only', value: string) => {
    const { [name]: _previous, page: _page, ...rest } = search
    show(value === '' ? rest : { ...rest, [name]: value })
  }
  const typed = useDebouncedCallback((value: string) => change('q', value.trim()), TYPING_PAUSE)
  return (
    <div className="table-tools" role="search">
      {placeholder !== undefined && (
        <TextInput
          className="table-search"
          type="search"
          aria-label={texts.search}
          placeholder={placeholder}
          maxLength={200}
          leftSection={<IconSearch size={18} aria-hidden="true" />}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value)
            typed(currentTarget.value)
          }}
        />
      )}
      {choice && (
        <NativeSelect
          aria-label={choice.label}
          value={search.only ?? ''}
          data={[
            { value: '', label: choice.all },
            ...Object.entries(choice.of).map(([value, label]) => ({ value, label })),
          ]}
          onChange={({ currentTarget }) => change('only', currentTarget.value)}
        />
      )}
      <div className="table-actions">{children}</div>
    </div>
  )
}

/** Where in a table one is, and the way to its neighbours. */
export function TablePages({
  page,
  pageSize,
  total,
  items,
  onPage,
}: {
  page: number
  pageSize: number
  total: number
  items: readonly unknown[]
  /** Absent: the page stands in the address. */
  onPage?: (page: number) => void
}) {
  const [search, show] = useTableSearch()
  if (total <= pageSize && page === 1) return null
  const first = (page - 1) * pageSize + 1
  const last = first + items.length - 1
  const go = (to: number) => (onPage ? onPage(to) : show({ ...search, page: to }))
  return (
    <nav className="admin-pages" aria-label={texts.pages}>
      <Button variant="default" disabled={page <= 1} onClick={() => go(page - 1)}>
        {texts.previous}
      </Button>
      <span className="k-dim admin-range">{texts.range(first, last, total)}</span>
      <Button variant="default" disabled={last >= total} onClick={() => go(page + 1)}>
        {texts.next}
      </Button>
    </nav>
  )
}
