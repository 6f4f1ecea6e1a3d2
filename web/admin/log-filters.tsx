import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconDownload, IconSearch, IconX } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type BroadcastView, viewingsExport } from '../../client/index.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { SERVER } from '../server-address.ts'
import { filterOf, type LogSearch } from './log-search.ts'
import { texts } from './texts.ts'

const TYPING_PAUSE = 250

/** Everything stands in the address of the page, so that it can be kept and sent. */
export function LogFilters({
  search,
  broadcasts,
}: {
  search: LogSearch
  broadcasts: readonly BroadcastView[]
}) {
  const navigate = useNavigate()
  const [text, setText] = useState(search.q ?? '')
  const show = (next: LogSearch) => void navigate({ to: '/admin/watch-log/', search: next, replace: true })
  const change = (name: keyof LogSearch, value: string) => {
    const { [name]: _previous, ...rest } = search
    show(value === '' ? rest : { ...rest, [name]: value })
  }
  const typed = useDebouncedCallback((value: string) => change('q', value), TYPING_PAUSE)

  return (
    <form
      className="admin-filters"
      role="search"
      aria-label={texts.filters}
      onSubmit={(event) => event.preventDefault()}
    >
      <TextInput
        className="admin-search"
        label={texts.search}
        placeholder={texts.searchHint}
        type="search"
        name="q"
        maxLength={200}
        leftSection={<IconSearch size={18} />}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          typed(event.target.value)
        }}
      />
      <NativeSelect
        label={texts.what}
        className="admin-broadcast"
        value={search.broadcast ?? ''}
        data={choicesOf(broadcasts, search.broadcast)}
        onChange={(event) => change('broadcast', event.target.value)}
      />
      <NativeSelect
        label={texts.who}
        value={search.who ?? ''}
        data={[
          { value: '', label: texts.everybody },
          { value: 'signed-in', label: texts.signedIn },
          { value: 'anonymous', label: texts.anonymous },
        ]}
        onChange={(event) => change('who', event.target.value)}
      />
      <TextInput
        label={texts.from}
        type="date"
        value={search.from ?? ''}
        max={search.to}
        onChange={(event) => change('from', event.target.value)}
      />
      <TextInput
        label={texts.to}
        type="date"
        value={search.to ?? ''}
        min={search.from}
        onChange={(event) => change('to', event.target.value)}
      />
      <div className="admin-actions">
        {Object.keys(search).length > 0 && (
          <Button variant="subtle" color="gray" leftSection={<IconX size={16} />} onClick={clear}>
            {texts.clear}
          </Button>
        )}
        <Export format="csv" search={search} />
        <Export format="json" search={search} />
      </div>
    </form>
  )

  function clear() {
    typed.cancel()
    setText('')
    show({})
  }
}

function Export({ format, search }: { format: 'csv' | 'json'; search: LogSearch }) {
  return (
    <Button
      component="a"
      variant="default"
      download
      href={viewingsExport(format, filterOf(search), SERVER).href}
      leftSection={<IconDownload size={16} />}
      aria-label={texts.exportAs(texts[format])}
    >
      {texts[format]}
    </Button>
  )
}

/** The one that is chosen may be unlisted, or gone. */
function choicesOf(broadcasts: readonly BroadcastView[], chosen: string | undefined) {
  const known = broadcasts.map((broadcast) => ({ value: broadcast.id, label: broadcastTitle(broadcast) }))
  const missing = chosen !== undefined && !known.some(({ value }) => value === chosen)
  return [
    { value: '', label: texts.anything },
    ...(missing ? [{ value: chosen, label: chosen }] : []),
    ...known,
  ]
}
