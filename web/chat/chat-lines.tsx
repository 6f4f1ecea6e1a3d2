import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ChatMessage } from '../../client/index.ts'
import { ChatLine } from './chat-line.tsx'
import { texts } from './texts.ts'

type ChatLinesProps = {
  messages: readonly ChatMessage[]
  /** What stands there while nobody has said anything. */
  empty: ReactNode
  menuOf?: (message: ChatMessage) => ReactNode
  /** Whether the reader is at the end and sees what comes. */
  onFollowing?: (following: boolean) => void
}

/** Pixels by which somebody may be above the end and still be following. */
const AT_END = 40

/** What was said, following what comes until the reader scrolls back. */
export function ChatLines({ messages, empty, menuOf, onFollowing }: ChatLinesProps) {
  const list = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const [lastSeen, setLastSeen] = useState<string>()
  const newest = messages.at(-1)?.id
  const toEnd = () => list.current?.scrollTo({ top: list.current.scrollHeight })

  useLayoutEffect(() => {
    if (!following) return
    toEnd()
    setLastSeen(newest)
  }, [following, newest])
  useEffect(() => onFollowing?.(following), [following, onFollowing])
  useEffect(() => {
    // The panel is opened, or the keyboard of a phone takes its room.
    const observer = new ResizeObserver(() => following && toEnd())
    if (list.current) observer.observe(list.current)
    return () => observer.disconnect()
  }, [following])

  const newer = messages.length - 1 - messages.findIndex(({ id }) => id === lastSeen)
  return (
    <div className="chat-scroll">
      <div
        ref={list}
        className="chat-lines"
        role="log"
        aria-label={texts.lines}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollowing(scrollHeight - scrollTop - clientHeight < AT_END)
        }
      >
        {messages.length === 0 && <div className="chat-empty">{empty}</div>}
        {messages.map((message) => (
          <ChatLine key={message.id} message={message} menu={menuOf?.(message)} />
        ))}
      </div>
      {!following && newer > 0 && (
        <button type="button" className="chat-newer" onClick={toEnd}>
          {texts.newer(newer)}
        </button>
      )}
    </div>
  )
}
