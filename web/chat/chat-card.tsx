import './chat.css'
import './chat-card.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type BroadcastView,
  type ChatRoomState,
  setChatSlowMode,
  updateBroadcast,
} from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import { SERVER } from '../server-address.ts'
import { ChatRoom } from './chat-room.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { SanctionList } from './sanction-list.tsx'
import { texts } from './texts.ts'
import { useChat } from './use-chat.ts'

type ChatCardProps = { broadcast: BroadcastView; streamKey: string; picture: HTMLElement | null }

/** The chat as whoever broadcasts has it: to read, to answer, to moderate, to switch. */
export default function ChatCard({ broadcast: { id }, streamKey, picture }: ChatCardProps) {
  const now = useChat(id, streamKey)
  const queries = useQueryClient()
  const [problem, setProblem] = useState<string>()
  /** What was chosen and is on its way. */
  const [wish, setWish] = useState<Partial<ChatRoomState>>({})
  const { enabled, slowMode } = { ...now.log, ...wish }
  const access = { server: SERVER, key: streamKey }
  const modes = Object.entries(texts.switches.slowModes)

  async function change(wanted: Partial<ChatRoomState>, deed: () => Promise<unknown>) {
    setProblem(undefined)
    setWish(wanted)
    try {
      await deed()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed)
    }
    setWish({})
  }

  return (
    <section className="studio-card chat-card" aria-labelledby="chat-card">
      <div>
        <h2 id="chat-card" className="studio-subtitle">
          {texts.switches.title}
        </h2>
        <p className="studio-hint">{texts.switches.hint}</p>
      </div>
      <div className="chat-switches">
        <label className="chat-switch">
          <input
            type="checkbox"
            role="switch"
            checked={enabled}
            disabled={!now.log.you}
            onChange={({ target: { checked } }) =>
              void change({ enabled: checked }, async () => {
                const changed = await updateBroadcast(id, { chat: checked }, access)
                queries.setQueryData(broadcastQuery(id).queryKey, changed)
              })
            }
          />
          {texts.switches.on}
        </label>
        <label className="chat-slow">
          {texts.switches.slowMode}
          <select
            value={slowMode}
            disabled={!enabled || !now.log.you}
            onChange={({ target }) => {
              const seconds = Number(target.value)
              void change({ slowMode: seconds }, () => setChatSlowMode(id, seconds, access))
            }}
          >
            {!modes.some(([seconds]) => Number(seconds) === slowMode) && (
              <option value={slowMode}>{texts.wait(slowMode)}</option>
            )}
            {modes.map(([seconds, name]) => (
              <option key={seconds} value={seconds}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {problem !== undefined && (
        <p className="chat-problem chat-card-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="chat chat-card-room" data-off={!enabled}>
        <div className="chat-body">
          <ChatRoom id={id} now={now} bearer={streamKey} />
        </div>
      </div>
      <SanctionList id={id} streamKey={streamKey} />
      <FloatingReactions burst={now.burst} over={picture} />
    </section>
  )
}
