import './chat.css'
import { ChatLines } from './chat-lines.tsx'
import { Composer } from './composer.tsx'
import { LineMenu } from './line-menu.tsx'
import { texts } from './texts.ts'
import type { ChatNow } from './use-chat.ts'
import { useModeration } from './use-moderation.ts'

/** What is said, and where to say something. */
export function ChatRoom({
  id,
  now,
  bearer,
  onFollowing,
}: {
  id: string
  now: ChatNow
  bearer: string | undefined
  onFollowing?: (following: boolean) => void
}) {
  const { log, state, problem } = now
  const moderation = useModeration(id, { you: log.you, key: bearer })

  if (state === 'failed')
    return (
      <div className="chat-failure" role="status">
        <p>{failureOf(problem?.code)}</p>
        {problem?.code !== 'chat-banned' && (
          <button type="button" className="chat-join" onClick={now.again}>
            {texts.again}
          </button>
        )}
      </div>
    )
  return (
    <>
      <ChatLines
        messages={log.messages}
        empty={log.you && log.enabled ? <Empty /> : <p role="status">{log.you ? '' : texts.connecting}</p>}
        menuOf={(message) => {
          const actions = moderation.actionsFor(message)
          return actions.length > 0 && <LineMenu label={texts.more(message.name)} actions={actions} />
        }}
        {...(onFollowing && { onFollowing })}
      />
      {state === 'reconnecting' && (
        <p className="chat-note" role="status">
          {texts.reconnecting}
        </p>
      )}
      {moderation.problem !== undefined && (
        <p className="chat-note chat-problem" role="alert">
          {moderation.problem}
        </p>
      )}
      <Composer now={now} />
    </>
  )
}

function Empty() {
  return (
    <>
      <p>{texts.empty}</p>
      <p>{texts.emptyHint}</p>
    </>
  )
}

function failureOf(code: string | undefined): string {
  if (code === 'chat-banned') return texts.banned
  return code === 'unauthenticated' || code === 'not-allowed' || code === 'broadcast-not-found'
    ? texts.notAllowed
    : texts.lost
}
