import { useCallback, useState } from 'react'
import {
  banFromChat,
  type ChatMessage,
  type ChatSelf,
  muteInChat,
  removeChatMessage,
} from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import type { MenuAction } from './line-menu.tsx'
import { texts } from './texts.ts'

const SHORT = 300
const LONG = 3600

/** What a moderator may do about a message; nothing for everybody else. */
export function useModeration(
  id: string,
  { you, key }: { you: ChatSelf | undefined; key: string | undefined },
) {
  const [problem, setProblem] = useState<string>()
  const mayModerate = you?.mayModerate ?? false
  const author = you?.author

  const actionsFor = useCallback(
    (message: ChatMessage): readonly MenuAction[] => {
      if (!mayModerate) return []
      const access = { server: SERVER, key }
      const attempt = (deed: () => Promise<unknown>) => () => {
        setProblem(undefined)
        deed().catch((error: unknown) => setProblem(error instanceof Error ? error.message : texts.failed))
      }
      const { actions } = texts
      const mute = (seconds: number) =>
        attempt(() => muteInChat(id, { message: message.id, seconds }, access))
      const remove = { label: actions.delete, run: attempt(() => removeChatMessage(id, message.id, access)) }
      if (message.role === 'host' || message.author === author) return [remove]
      return [
        remove,
        { label: actions.mute, run: mute(SHORT) },
        { label: actions.muteLong, run: mute(LONG) },
        { label: actions.ban, isGrave: true, run: attempt(() => banFromChat(id, message.id, access)) },
      ]
    },
    [id, key, mayModerate, author],
  )
  return { actionsFor, problem }
}
