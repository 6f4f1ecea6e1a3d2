import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { liftChatSanction, listChatSanctions } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { texts } from './texts.ts'

const LOOK_EVERY = 5000

/** Who may not speak, and a way to forgive them. Asked for while it is open. */
export function SanctionList({ id, streamKey }: { id: string; streamKey: string }) {
  const [open, setOpen] = useState(false)
  const access = { server: SERVER, key: streamKey }
  const { data: sanctions = [], refetch } = useQuery({
    queryKey: ['chat-sanctions', id],
    queryFn: ({ signal }) => listChatSanctions(id, { ...access, signal }),
    enabled: open,
    refetchInterval: LOOK_EVERY,
  })
  const lifting = useMutation({
    mutationFn: (sanction: string) => liftChatSanction(id, sanction, access),
    onSettled: () => refetch(),
  })
  const { kinds, nobody, sanctions: title, until: untilText, lift, liftFor } = texts.switches

  return (
    <details className="studio-fold" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {sanctions.length === 0 && <p className="studio-hint">{nobody}</p>}
      <ul className="chat-sanctions">
        {sanctions.map(({ id: sanction, name, kind, until }) => (
          <li key={sanction}>
            <span>
              <bdi className="chat-name">{name}</bdi>
              {kinds[kind]}
              {until !== null &&
                ` ${untilText(new Date(until).toLocaleTimeString([], { timeStyle: 'short' }))}`}
            </span>
            <button
              type="button"
              className="chat-link"
              aria-label={liftFor(name)}
              onClick={() => lifting.mutate(sanction)}
            >
              {lift}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
