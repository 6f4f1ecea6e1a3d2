import './chat.css'
import { memo, useCallback, useEffect, useState } from 'react'
import { ChatFrame } from './chat-frame.tsx'
import { unreadAfter } from './chat-log.ts'
import { ChatRoom } from './chat-room.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { viewerTokenOf } from '../viewer-token.ts'
import { texts } from './texts.ts'
import { useChat } from './use-chat.ts'

/** The chat beside a live picture. */
export default memo(function ChatPanel({ id, picture }: { id: string; picture: HTMLElement | null }) {
  const bearer = viewerTokenOf(id)
  const now = useChat(id, bearer)
  const [open, setOpen] = useState(true)
  const [following, setFollowing] = useState(true)
  const [lastRead, setLastRead] = useState<string>()
  const newest = now.log.messages.at(-1)?.id
  const isReading = open && following

  useEffect(() => {
    if (isReading) setLastRead(newest)
  }, [isReading, newest])
  const unread = isReading ? 0 : unreadAfter(now.log, lastRead)
  const onFollowing = useCallback((follows: boolean) => setFollowing(follows), [])

  return (
    <>
      <ChatFrame title={texts.title} open={open} unread={unread} onOpen={setOpen}>
        <ChatRoom id={id} now={now} bearer={bearer} onFollowing={onFollowing} />
      </ChatFrame>
      <FloatingReactions burst={now.burst} over={picture} />
    </>
  )
})
