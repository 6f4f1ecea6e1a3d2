import { useQueries, useQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { getRecordedChat, type RecordedChat } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { ChatFrame } from './chat-frame.tsx'
import { ChatLines } from './chat-lines.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { reactionsBetween, saidBy, STRETCH, stretchesAt } from './replayed.ts'
import { texts } from './texts.ts'
import type { Burst } from './use-chat.ts'
import './chat.css'

type ReplayChatProps = {
  recording: string
  video: RefObject<HTMLVideoElement | null>
  picture: HTMLElement | null
  /** Called once it is known whether anything was said. */
  onKnown: (hasChat: boolean) => void
}

const token = new URLSearchParams(location.search).get('token') ?? undefined

/** What was said while it was live, at the time when it was said. */
export default function ReplayChat({ recording, video, picture, onKnown }: ReplayChatProps) {
  const [open, setOpen] = useState(true)
  const [burst, setBurst] = useState<Burst>()
  const seconds = useVideoSeconds(video)
  const before = useRef(seconds)
  const { data: first } = useQuery({
    queryKey: ['recorded-chat', recording],
    queryFn: ({ signal }) => getRecordedChat(recording, {}, { server: SERVER, key: token, signal }),
  })
  const wanted = first && first.next !== null ? stretchesAt(seconds) : []
  const stretches = useQueries({
    queries: wanted.map((number) => ({
      queryKey: ['recorded-chat', recording, number],
      queryFn: ({ signal }: { signal: AbortSignal }) => wholeStretch(recording, number, signal),
      staleTime: Infinity,
    })),
  }).flatMap(({ data }) => data ?? [])
  const known = first && first.next === null ? [first] : stretches
  const shown = useRef(known)
  shown.current = known

  const hasChat = first && first.items.length + first.reactions.length > 0
  useEffect(() => {
    if (hasChat !== undefined) onKnown(hasChat)
  }, [hasChat, onKnown])
  useEffect(() => {
    const counts = reactionsBetween(shown.current, before.current, seconds)
    before.current = seconds
    if (counts) setBurst({ counts })
  }, [seconds])

  if (!hasChat) return null
  return (
    <>
      <ChatFrame title={texts.replay} open={open} onOpen={setOpen}>
        <ChatLines messages={saidBy(known, seconds)} empty={<p>{texts.replayEmpty}</p>} />
      </ChatFrame>
      <FloatingReactions burst={burst} over={picture} />
    </>
  )
}

/** As many answers as it takes. */
async function wholeStretch(recording: string, number: number, signal: AbortSignal): Promise<RecordedChat> {
  const stretch = { from: number * STRETCH, to: (number + 1) * STRETCH }
  const access = { server: SERVER, key: token, signal }
  let whole = await getRecordedChat(recording, stretch, access)
  while (whole.next !== null) {
    const more = await getRecordedChat(recording, { ...stretch, after: whole.next }, access)
    whole = {
      ...more,
      items: [...whole.items, ...more.items],
      reactions: [...whole.reactions, ...more.reactions],
    }
  }
  return whole
}

/** Where it plays, also while somebody seeks. */
function useVideoSeconds(video: RefObject<HTMLVideoElement | null>): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const element = video.current
    if (!element) return
    const told = () => setSeconds(element.currentTime)
    told()
    for (const event of ['timeupdate', 'seeking', 'seeked']) element.addEventListener(event, told)
    return () => {
      for (const event of ['timeupdate', 'seeking', 'seeked']) element.removeEventListener(event, told)
    }
  }, [video])
  return seconds
}
