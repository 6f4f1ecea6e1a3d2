import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { LibrarySort } from '../../client/index.ts'
import type { LibrarySearch } from './library-search.ts'
import { texts } from './texts.ts'

/** Typing goes on while the list waits for the word to be whole. */
const TYPED = 250

/** Search, kind and order. */
export function LibraryTools({
  search,
  onChange,
}: {
  search: LibrarySearch
  onChange: (change: { [Name in keyof LibrarySearch]: LibrarySearch[Name] | undefined }) => void
}) {
  const { q = '', kind, sort = 'newest' } = search
  const [typed, setTyped] = useState(q)
  const [shown, setShown] = useState(q)
  if (q !== shown) {
    // The address has changed by itself: somebody went back, or cleared the search.
    setShown(q)
    setTyped(q)
  }
  useEffect(() => {
    if (typed.trim() === q) return
    const timer = setTimeout(() => {
      setShown(typed.trim())
      onChange({ q: typed.trim() || undefined })
    }, TYPED)
    return () => clearTimeout(timer)
  }, [typed, q, onChange])

  return (
    <div className="library-tools" role="search">
      <TextInput
        type="search"
        className="library-search"
        aria-label={texts.search}
        placeholder={texts.searchHint}
        maxLength={200}
        leftSection={<IconSearch size={18} aria-hidden="true" />}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <SegmentedControl
        aria-label={texts.kind}
        value={kind ?? 'all'}
        data={Object.entries(texts.kinds).map(([value, label]) => ({ value, label }))}
        onChange={(value) =>
          onChange({ kind: value === 'file' || value === 'recording' ? value : undefined })
        }
      />
      <NativeSelect
        className="library-sort"
        aria-label={texts.sort}
        value={sort}
        data={Object.entries(texts.sorts).map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget }) => onChange({ sort: currentTarget.value as LibrarySort })}
      />
    </div>
  )
}
