import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import {
  type Chat,
  type ChatState,
  joinChat,
  type ProblemError,
  type ReactionCounts,
} from '../../client/index.ts'
import { onServer } from '../server-address.ts'
import { type ChatLog, chatLogAfter, EMPTY_LOG } from './chat-log.ts'
import { keepGuest, keptGuest } from './kept-guest.ts'

/** Reactions to show, told anew by a new object. */
export type Burst = { readonly counts: ReactionCounts }

/** A chat as a page shows it. */
export type ChatNow = {
  log: ChatLog
  state: ChatState
  problem: ProblemError | undefined
  burst: Burst | undefined
  say: (text: string) => Promise<string>
  rename: (name: string) => Promise<void>
  react: (emoji: string) => void
  again: () => void
}

/** The chat of a broadcast, for as long as the page is open. `bearer` is a stream key or a viewer token. */
export function useChat(id: string, bearer: string | undefined): ChatNow {
  const chat = useRef<Chat>(undefined)
  const own = useRef<ReactionCounts>({})
  const [log, change] = useReducer(chatLogAfter, EMPTY_LOG)
  const [connection, setConnection] = useState<{ state: ChatState; problem?: ProblemError | undefined }>({
    state: 'connecting',
  })
  const [burst, setBurst] = useState<Burst>()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const joined = joinChat(onServer(`ws/chat/${id}/`), {
      ...keptGuest(),
      token: bearer,
      onState: ({ state, problem }) => setConnection({ state, problem }),
      onWelcome: (welcome) => {
        if (welcome.you.guest !== undefined) keepGuest({ guest: welcome.you.guest })
        change({ type: 'welcome', welcome })
      },
      onMessage: (message) => change({ type: 'message', message }),
      onDeleted: (deleted) => change({ type: 'deleted', ...deleted }),
      onRoomState: (state) => change({ type: 'state', state }),
      onMuted: (until) => change({ type: 'muted', until }),
      onReaction: (counts) => {
        const others = withoutOwn(counts, own.current)
        own.current = {}
        if (Object.keys(others).length > 0) setBurst({ counts: others })
      },
    })
    chat.current = joined
    return () => joined.close()
  }, [id, bearer, attempt])

  return {
    log,
    burst,
    state: connection.state,
    problem: connection.problem,
    say: useCallback((text) => chat.current?.say(text) ?? Promise.reject(new Error('not joined')), []),
    rename: useCallback(async (name) => {
      const kept = await chat.current?.rename(name)
      if (kept === undefined) return
      keepGuest({ name: kept })
      change({ type: 'named', name: kept })
    }, []),
    react: useCallback((emoji) => {
      own.current = { ...own.current, [emoji]: (own.current[emoji] ?? 0) + 1 }
      setBurst({ counts: { [emoji]: 1 } })
      chat.current?.react(emoji)
    }, []),
    again: useCallback(() => setAttempt((count) => count + 1), []),
  }
}

/** One's own were shown when they were sent. */
function withoutOwn(counts: ReactionCounts, own: ReactionCounts): ReactionCounts {
  const left = Object.entries(counts).map(([emoji, count]) => [emoji, count - (own[emoji] ?? 0)] as const)
  return Object.fromEntries(left.filter(([, count]) => count > 0))
}
