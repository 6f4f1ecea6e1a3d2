import { IconSend } from '@tabler/icons-react'
import { type SyntheticEvent, useEffect, useRef, useState } from 'react'
import { ProblemError } from '../../client/index.ts'
import { useNow } from '../use-now.ts'
import { NameForm } from './name-form.tsx'
import { texts } from './texts.ts'
import type { ChatNow } from './use-chat.ts'

const MAX_TEXT = 500
/** From here on it is told how many characters are left. */
const NEARLY_FULL = 60

/** Where one writes, reacts, and says what to be called. */
export function Composer({ now }: { now: ChatNow }) {
  const { you, enabled, slowMode, reactions } = now.log
  const [renaming, setRenaming] = useState(false)
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()
  const [waitUntil, setWaitUntil] = useState(0)
  const [sending, setSending] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const clock = useNow(500)
  const isSlow = slowMode > 0 && you?.role !== 'host'
  const seconds = Math.max(0, Math.ceil((waitUntil - clock) / 1000))
  const mutedUntil = you?.mutedUntil == null ? 0 : Date.parse(you.mutedUntil)

  useEffect(() => setWaitUntil(0), [slowMode])
  if (!enabled) return <p className="chat-note">{texts.off}</p>
  if (!you) return null
  if (mutedUntil > clock)
    return (
      <p className="chat-note" role="status">
        {texts.mutedUntil(new Date(mutedUntil).toLocaleTimeString([], { timeStyle: 'short' }))}
      </p>
    )
  const isNameless = you.name === ''
  if (isNameless || renaming)
    return (
      <NameForm
        name={you.name}
        onName={async (name) => {
          await now.rename(name)
          setRenaming(false)
          setTimeout(() => field.current?.focus())
        }}
        onCancel={isNameless ? undefined : () => setRenaming(false)}
      />
    )

  async function send(event: SyntheticEvent) {
    event.preventDefault()
    if (text.trim() === '' || sending || seconds > 0) return
    setSending(true)
    setProblem(undefined)
    try {
      await now.say(text)
      setText('')
      if (isSlow) setWaitUntil(Date.now() + slowMode * 1000)
    } catch (error) {
      const { retryAfter, message } = error instanceof ProblemError ? error : { message: texts.failed }
      if (retryAfter !== undefined) setWaitUntil(Date.now() + retryAfter * 1000)
      else setProblem(message)
    }
    setSending(false)
    field.current?.focus()
  }

  const left = MAX_TEXT - [...text].length
  const isOpen = now.state === 'open'
  return (
    <div className="chat-composer">
      <div className="chat-reactions" role="group" aria-label={texts.reactions}>
        {reactions.map((emoji) => (
          <button
            key={emoji}
            type="button"
            className="chat-reaction"
            aria-label={texts.react(emoji)}
            disabled={!isOpen}
            onClick={() => now.react(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      <form className="chat-form" onSubmit={(event) => void send(event)}>
        <input
          ref={field}
          className="chat-input"
          aria-label={texts.message}
          placeholder={texts.placeholder}
          value={text}
          maxLength={2 * MAX_TEXT}
          autoComplete="off"
          enterKeyHint="send"
          onChange={({ target }) => setText([...target.value].slice(0, MAX_TEXT).join(''))}
        />
        <button
          type="submit"
          className="chat-send"
          aria-label={seconds > 0 ? texts.wait(seconds) : texts.send}
          disabled={!isOpen || seconds > 0 || text.trim() === ''}
        >
          {seconds > 0 ? seconds : <IconSend size={20} aria-hidden="true" />}
        </button>
      </form>
      <div className="chat-below">
        {problem === undefined ? (
          <span>
            {left <= NEARLY_FULL ? texts.left(left) : isSlow ? texts.slowMode(slowMode) : texts.as(you.name)}
          </span>
        ) : (
          <span className="chat-problem" role="alert">
            {problem}
          </span>
        )}
        {you.guest !== undefined && (
          <button type="button" className="chat-link" onClick={() => setRenaming(true)}>
            {texts.changeName}
          </button>
        )}
      </div>
    </div>
  )
}
